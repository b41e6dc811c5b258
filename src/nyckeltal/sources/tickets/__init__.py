"""What ticket systems share: from tickets with their messages, changes and ratings to cases, contacts, parts of agents and answers.

A system's reader does three things:

    told = Tickets.of(con, setting, "mydesk")
    for _, record in told.documents(files, {"tickets": ("id", "status")}):     # the fields of a ticket that may be shown where it is set aside
        told.tell(record, Ticket(ticket_id=…, opened_at=…, status="open", came_by="email", channel="email", …))
        told.tell(record, Message(ticket_id=…, message_id=…, sent_at=…, author="customer"))
        told.tell(record, Change(ticket_id=…, made_at=…, what="status", value="solved", was="open", made_by="anna"))
        told.tell(record, Rating(ticket_id=…, rating_id=…, question_id="csat", scale="1_5", value=5, answered_at=…))
    return told.finish()

What cannot be read raises `Unreadable` (see `told.py`: `moment`, `word`, `whole`), which the reader turns into `told.refuse(record, …)`.

Rules, the same for every system:
- **A ticket is told whole each time**: with every message and change it has, since what its contacts are depends on all of them. Of a ticket told twice
  the one changed last counts. Messages, changes and ratings whose ticket does not come with them are set aside.
- A ticket is a **case**. `status` is one of ours: new, open, pending (we wait for the customer), hold (for somebody else), solved, closed. It is settled
  when it was solved; a system that closes solved tickets by itself later tells that as `locked_at`. Reopenings, hand-overs and the time in each status
  come from the changes, unless the system states them. A status that nobody has explained is told as "?": its time counts as none of ours.
- **A contact** begins when the ticket is opened, and again when the customer writes after a person had answered; on live channels (chat, voice) only
  with another `session`, or after the ticket had been settled in between. Notes among colleagues, receipts and bots answer nobody.
- **A segment** is each agent's part of a contact: whoever answered publicly, settled it, or had it assigned and either passed it on or settled it. It has
  no duration unless the system tells time worked (`worked_s`): that a ticket lay with somebody for a day is no day of work.
- The **queue** is the group. The requester is the customer and becomes a pseudonym at once. `opened_by` only where it was an agent.
- `all_messages` and `all_ratings` say that a ticket is told with all of them, to its last page: what the store has of it besides was taken out, and counts
  no longer (decision 0025). Pages that we ask for say it with `"whole": {"messages": [ids], "ratings": [ids]}`. Where in doubt, leave it.
- `gone` says why a ticket counts nowhere (spam, deleted, merged into another). It is left out; had the store it already, it stands on as a test.
- A word of a system that nobody has explained is never guessed: `word` refuses it. Of a way to us that nobody has explained (`told.channel` is None) the
  case counts and its contacts are set aside; a mapping given beside the system says it: `[channels]`, `"Walk-in" = "visit"`.
"""

from nyckeltal.sources.gathered import Unreadable
from nyckeltal.sources.tickets.told import Change, Message, Named, Rating, Ticket, Tickets, known, moment, number, same_word, whole, word

__all__ = ["Change", "Message", "Named", "Rating", "Ticket", "Tickets", "Unreadable", "known", "moment", "number", "same_word", "whole", "word"]

"""One record of Amazon Connect as rows: a contact record as a part of a contact, an agent event as what the agent was doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nyckeltal.sources.gathered import Gathered, Record, Unreadable, hider
from nyckeltal.sources.presence import Named
from nyckeltal.sources.said import moment, number, objects, text
from nyckeltal.sources.systems.amazon_connect import presence
from nyckeltal.words import Text

channels = {"VOICE": "voice", "CHAT": "chat", "EMAIL": "email"}
methods = {
    "INBOUND": "inbound",
    "OUTBOUND": "outbound",
    "EXTERNAL_OUTBOUND": "outbound",
    "CAMPAIGN_PREVIEW": "outbound",
    "AGENT_REPLY": "outbound",
    "FLOW": "outbound",
    "CALLBACK": "inbound",
    "WEBRTC_API": "inbound",
    "API": "",  # by the channel: a chat is the customer's, a call is ours
    "TRANSFER": "",  # as the contact that it goes on
    "QUEUE_TRANSFER": "",
    "DISCONNECT": "",
}
rung = ("OUTBOUND", "EXTERNAL_OUTBOUND", "CAMPAIGN_PREVIEW", "CALLBACK", "API")  # calls for which the customer's telephone rings
_no_record = Text("sources.amazon_connect.no_record", "This is neither a contact record nor an agent event.")
_unknown = Text("sources.json.unknown", "“%(value)s” is not known here. There is: %(known)s.")
_task = Text("sources.amazon_connect.task", "a task among colleagues, no customer's contact")
_monitor = Text("sources.amazon_connect.monitor", "somebody listening in on a contact that has its own record")


class Reader:
    """Takes one record after another."""

    def __init__(self, gathered: Gathered) -> None:
        self.gathered, self.hide = gathered, hider(gathered.con, gathered.setting)
        self.named = Named(gathered)
        self.contacts_n = self.events_n = 0

    def take(self, record: Record) -> None:
        """Rows of the record, or Unreadable."""
        value = record.value
        if not isinstance(value, dict) or not ({"ContactId", "AgentARN"} & value.keys()):
            raise Unreadable("", _no_record)
        if "EventType" in value:
            self.events_n += 1
            presence.take(self.gathered, self.named, record, value)
        else:
            self.contacts_n += 1
            self._contact(record, value)

    def _contact(self, record: Record, value: Mapping[str, Any]) -> None:
        key = text(value, "ContactId")
        channel, method = text(value, "Channel"), text(value, "InitiationMethod")
        if channel == "TASK" or method == "MONITOR":
            self.gathered.leave_out(_task if channel == "TASK" else _monitor)
            return
        if not key:
            raise Unreadable("ContactId", Text("sources.row.no_key", "The key (%(columns)s) is empty.", {"columns": "ContactId"}))
        for name, said, known in (("Channel", channel, channels), ("InitiationMethod", method, methods)):
            if said not in known:
                raise Unreadable(name, Text(_unknown.id, _unknown.english, {"value": said or "", "known": ", ".join(known)}), key)
        queue, agent = objects(value, "Queue"), objects(value, "Agent")
        row = self._whole(value, key, str(channel), str(method)) | self._queue(queue, key) | self._agent(agent, key)
        if channel == "VOICE" and method in rung and "ConnectedToSystemTimestamp" in value and not row["connected"] and not row["talk"]:
            row |= {"tried": row["answered"], "answered": None}  # the agent was there, the customer was not
        self.gathered.add("part", record, **row)

    def _whole(self, value: Mapping[str, Any], key: str, channel: str, method: str) -> dict[str, Any]:
        initiated = moment(value, "InitiationTimestamp", key)
        if initiated is None:
            said = Text("sources.row.empty", "“%(field)s” is needed and empty here.", {"field": "InitiationTimestamp"})
            raise Unreadable("InitiationTimestamp", said, key)
        direction = methods[method] or ("inbound" if channel != "VOICE" or method != "API" else "outbound")
        initial = text(value, "InitialContactId")
        return {
            "id": key,
            "chain": initial or key,
            "previous": text(value, "PreviousContactId"),
            "next": text(value, "NextContactId"),
            "method": method,
            "channel": channels[channel],
            "direction": direction,
            "customer": self.hide(_customer(value)),
            "initiated": initiated,
            "connected": moment(value, "ConnectedToSystemTimestamp", key),
            "disconnected": moment(value, "DisconnectTimestamp", key),
            "transferred": moment(value, "TransferCompletedTimestamp", key),
            "updated": moment(value, "LastUpdateTimestamp", key),
            "reason": text(value, "DisconnectReason"),
        }

    def _queue(self, queue: Mapping[str, Any], key: str) -> dict[str, Any]:
        return {
            "queue": text(queue, "Name") or _last(text(queue, "ARN")),
            "enqueued": moment(queue, "EnqueueTimestamp", key),
            "dequeued": moment(queue, "DequeueTimestamp", key),
            "waited": number(queue, "Duration", key),
        }

    def _agent(self, agent: Mapping[str, Any], key: str) -> dict[str, Any]:
        return {
            "agent": text(agent, "Username") or _last(text(agent, "ARN")),
            "answered": moment(agent, "ConnectedToAgentTimestamp", key),
            "talk": number(agent, "AgentInteractionDuration", key),
            "hold": number(agent, "CustomerHoldDuration", key),
            "acw": number(agent, "AfterContactWorkDuration", key),
            "acw_ended": moment(agent, "AfterContactWorkEndTimestamp", key),
        }


def _customer(value: Mapping[str, Any]) -> str | None:
    address = text(objects(value, "CustomerEndpoint"), "Address")
    return None if (address or "").lower() in ("", "anonymous", "unknown", "restricted") else address


def _last(arn: str | None) -> str | None:
    return arn.rsplit("/", 1)[-1] if arn else None

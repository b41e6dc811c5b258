"""The pages of the room: a contact's story, what is loaded, the organisation."""

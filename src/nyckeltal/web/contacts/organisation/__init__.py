"""The organisation's pages: what there is, what it says in words, and the forms that change it."""

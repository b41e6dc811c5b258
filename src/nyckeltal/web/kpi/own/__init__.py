"""Own KPIs on the web: a form or the file itself, tried on own data before it is kept."""

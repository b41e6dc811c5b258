"""`{% load frame %}`: icons, what the core says, and numbers, days and periods in the reader's language."""

from django import template

from nyckeltal.web.frame import icons, numbers
from nyckeltal.web.frame.say import say

register = template.Library()

register.simple_tag(icons.icon, name="icon")
register.filter("say", say)
register.filter("whole", numbers.whole)
register.filter("duration", numbers.duration)
register.filter("span", numbers.span)
register.filter("day", numbers.day)
register.filter("moment", numbers.moment)
register.filter("until", numbers.until)
register.filter("period", numbers.period)

"""The door for web servers: `nyckeltal.web.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nyckeltal.web.settings")

application = get_wsgi_application()

from nyckeltal.web.jobs.orphans import end_with_parent  # noqa: E402 after the settings are named
from nyckeltal.web.kpi.asking import warm  # noqa: E402 after the settings are named - needs the settings above

end_with_parent()
warm()

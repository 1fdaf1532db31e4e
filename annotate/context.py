"""What every template may know about the site and about how its reader likes to read."""

from django.conf import settings
from django.forms.utils import flatatt

from annotate.forms import reader


def site(request):
    return {
        "is_demo": settings.DEMO,
        "public_address": settings.PUBLIC_ADDRESS,
        "reader_attributes": flatatt(reader.attributes(getattr(request, "user", None))),
    }

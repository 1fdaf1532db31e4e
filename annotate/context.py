"""What every template may know about the site."""

from django.conf import settings


def site(request):
    return {"is_demo": settings.DEMO, "public_address": settings.PUBLIC_ADDRESS}

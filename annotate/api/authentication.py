"""Who is asking: a token in the Authorization header, or the session of somebody signed in (with its CSRF token)."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied


class Token(TokenAuthentication):
    """`Authorization: Token …`. Revoked, expired and unknown tokens get the same answer."""

    def authenticate(self, request):
        # Tokens are hexadecimal; anything else never reaches the database.
        if not get_authorization_header(request).isascii() or b"\x00" in get_authorization_header(request):
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate(request)


class Session(SessionAuthentication):
    def enforce_csrf(self, request):
        try:
            super().enforce_csrf(request)
        except PermissionDenied as refusal:
            raise PermissionDenied(str(refusal.detail), code="csrf_failed") from None


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "annotate.api.authentication.Token"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The word `Token`, a space, and the token.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "annotate.api.authentication.Session"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "session",
            "description": "The cookie of somebody signed in; what changes something also needs `X-CSRFToken`.",
        }

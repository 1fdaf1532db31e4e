"""Tokens: get one for a password, give back the one in use."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import authenticate
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from annotate import tokens
from annotate.api.bodies import Credentials
from annotate.api.endpoint import Endpoint, refusals
from annotate.api.serializers import IssuedToken
from annotate.api.throttles import PerAccount, PerPeer


class WrongCredentials(APIException):
    status_code = 401
    default_code = "wrong_credentials"
    default_detail = "This username and password do not belong together."
    auth_header = "Token"


class NoToken(APIException):
    status_code = 400
    default_code = "no_token"
    default_detail = "This request came with a session, not with a token."


class TokenEndpoint(Endpoint):
    def get_authenticators(self):
        # Whoever asks for a token shows a password; a stale token beside it must not be in the way.
        return [] if self._asks_for_one() else super().get_authenticators()

    def get_permissions(self):
        return [AllowAny()] if self._asks_for_one() else super().get_permissions()

    def get_throttles(self):
        return [PerPeer(), PerAccount()] if self._asks_for_one() else []

    def _asks_for_one(self) -> bool:
        return getattr(self.request, "method", "") == "POST"

    @extend_schema(
        operation_id="token_create", summary="Get a token", auth=[], request=Credentials,
        responses={201: IssuedToken}
        | refusals(401, 403, 413, 415, 429, s401="Wrong username or password.",
                   s403="`second_factor_required`: make a token on your account page instead."),
    )  # fmt: skip
    def post(self, request):
        """A username and password give a token for 90 days. It can be told from others by its prefix."""
        given = self.body(Credentials)
        user = authenticate(request._request, **given)
        if user is None:
            raise WrongCredentials
        if is_mfa_enabled(user):
            words = "This account signs in with a second factor. Make a token on your account page."
            raise PermissionDenied(words, code="second_factor_required")
        row, text = tokens.issue(user)
        shown = {"token": text, "prefix": row.token_key, "expires_at": row.expiry}
        return Response(IssuedToken(shown).data, status=201)

    @extend_schema(
        operation_id="token_destroy", summary="Revoke the token in use", request=None,
        responses={204: OpenApiResponse(description="The token no longer opens anything.")} | refusals(401, 403),
    )  # fmt: skip
    def delete(self, request):
        if request.auth is None:
            raise NoToken
        request.auth.delete()
        return Response(status=204)

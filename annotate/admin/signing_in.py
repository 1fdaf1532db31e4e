"""Signing in: addresses, second steps and programs' tokens, to look at and to take away."""

from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from knox.models import AuthToken

from annotate import permissions
from annotate.admin.base import ReadOnlyAdmin

# Their own pages are registered first, so that ours replace them.
for module in ("allauth.account.admin", "allauth.mfa.admin", "knox.admin"):
    import_module(module)
for model in (EmailAddress, Authenticator, AuthToken):
    admin.site.unregister(model)


class RevocableAdmin(ReadOnlyAdmin):
    """What an admin may take away from an account, and not make for it."""

    def has_delete_permission(self, request, obj=None):
        return permissions.is_admin(request.user)


@admin.register(EmailAddress)
class EmailAddressAdmin(RevocableAdmin):
    list_display = ("user", "email", "verified")
    list_select_related = ("user",)
    search_fields = ("=email", "=user__username")
    ordering = ("-pk",)


@admin.register(Authenticator)
class AuthenticatorAdmin(RevocableAdmin):
    list_display = ("user", "type", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("=user__username",)
    ordering = ("-pk",)
    fields = ("user", "type", "created_at", "last_used_at")


@admin.register(AuthToken)
class TokenAdmin(RevocableAdmin):
    list_display = ("user", "token_key", "created", "expiry")
    list_select_related = ("user",)
    search_fields = ("=user__username", "=token_key")
    ordering = ("-created",)
    fields = ("user", "token_key", "created", "expiry")

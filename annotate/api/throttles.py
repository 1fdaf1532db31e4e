"""Guessing passwords is slow. Nothing else is limited: a judgment is never refused for coming too soon."""

import hashlib
import unicodedata

from rest_framework.throttling import SimpleRateThrottle


class PerAccount(SimpleRateThrottle):
    """Attempts on one account, wherever they come from. Kept by each process for itself."""

    scope, rate = "token-account", "15/hour"

    def get_cache_key(self, request, view):
        named = request.data.get("username") if isinstance(request.data, dict) else None
        if not isinstance(named, str):
            return None
        name = unicodedata.normalize("NFKC", named).casefold()
        return f"throttle-{self.scope}-{hashlib.sha256(name.encode()).hexdigest()}"


class PerPeer(SimpleRateThrottle):
    """Attempts from one network peer. Headers a client can write itself are not believed."""

    scope, rate = "token-peer", "120/min"

    def get_cache_key(self, request, view):
        return f"throttle-{self.scope}-{request.META.get('REMOTE_ADDR', '')}"

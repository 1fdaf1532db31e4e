"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

handler500 = "annotate.trouble.handler500"
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", include("annotate.views.home")),
    path("", include("annotate.views.health")),
    path("join/", include("annotate.views.joining")),
    path("read/", include("annotate.views.pause")),
    path("read/", include("annotate.views.queue")),
    path("read/", include("annotate.views.history")),
    path("read/", include("annotate.views.part")),
    path("read/", include("annotate.views.wander")),
    path("read/", include("annotate.views.judging")),
    path("studies/", include("annotate.views.shared_notes")),
    path("studies/", include("annotate.views.results")),
    path("studies/", include("annotate.views.failures")),
    path("studies/", include("annotate.views.transfer")),
    path("studies/", include("annotate.views.releases")),
    path("jobs/", include("annotate.views.jobs")),
    path("api/v1/", include("annotate.api.urls")),
    path("account/tokens/", include("annotate.views.tokens")),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

"""An annotator's pages: the queue, the judging page, and looking back."""

from django.urls import path

from annotate.views.history import history
from annotate.views.judging.ahead import ahead
from annotate.views.judging.answering import signed_in
from annotate.views.judging.drafts import draft
from annotate.views.judging.first import first
from annotate.views.judging.item import item
from annotate.views.judging.saving import skip
from annotate.views.judging.scripts import script, worker
from annotate.views.judging.settings import settings
from annotate.views.queue import next_item, queue

app_name = "judging"
urlpatterns = [
    path("items/<uuid:uid>/", item, name="item"),
    path("items/<uuid:uid>/first/", first, name="first"),
    path("items/<uuid:uid>/draft/", draft, name="draft"),
    path("items/<uuid:uid>/skip/", skip, name="skip"),
    path("judging-<slug:digest>.js", script, name="script"),
    path("worker.js", worker, name="worker"),
    path("reader/signed-in/", signed_in, name="signed-in"),
    path("reader/settings/", settings, name="settings"),
    path("<slug:slug>/", queue, name="queue"),
    path("<slug:slug>/next/", next_item, name="next"),
    path("<slug:slug>/ahead/", ahead, name="ahead"),
    path("<slug:slug>/history/", history, name="history"),
]

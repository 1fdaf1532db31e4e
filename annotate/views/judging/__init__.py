"""An annotator's pages: the queue, the judging page, and looking back."""

from django.urls import path

from annotate.views.judging.drafts import draft
from annotate.views.judging.history import history
from annotate.views.judging.item import item
from annotate.views.judging.queue import next_item, queue
from annotate.views.judging.saving import skip

app_name = "judging"
urlpatterns = [
    path("items/<uuid:uid>/", item, name="item"),
    path("items/<uuid:uid>/draft/", draft, name="draft"),
    path("items/<uuid:uid>/skip/", skip, name="skip"),
    path("<slug:slug>/", queue, name="queue"),
    path("<slug:slug>/next/", next_item, name="next"),
    path("<slug:slug>/history/", history, name="history"),
]

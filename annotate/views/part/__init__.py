"""One's own part in a study: consent, background, practice, content notes, time, taking back, one's own data."""

from django.urls import path

from annotate.views.part.about import about
from annotate.views.part.consent import consent
from annotate.views.part.leaving import leave, own_data
from annotate.views.part.practice import practice
from annotate.views.part.preferences import preferences

app_name = "part"
urlpatterns = [
    path("<slug:slug>/consent/", consent, name="consent"),
    path("<slug:slug>/about-you/", about, name="about"),
    path("<slug:slug>/practice/", practice, name="practice"),
    path("<slug:slug>/content-notes/", preferences, name="preferences"),
    path("<slug:slug>/leave/", leave, name="leave"),
    path("<slug:slug>/my-data.zip", own_data, name="data"),
]

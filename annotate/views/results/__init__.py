"""A study's results for its researchers: where readers part, item by item, and every rating as a table."""

from django.urls import path

from annotate.views.results.item import item
from annotate.views.results.items import items
from annotate.views.results.overview import overview
from annotate.views.results.ratings import ratings

app_name = "results"
urlpatterns = [
    path("<slug:slug>/", overview, name="overview"),
    path("<slug:slug>/items/", items, name="items"),
    path("<slug:slug>/items/<uuid:uid>/", item, name="item"),
    path("<slug:slug>/ratings.csv", ratings, name="ratings"),
]

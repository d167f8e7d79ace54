"""Addresses of online learning at the desk."""

from django.urls import path

from peibu.desk.views import learning

urlpatterns = [
    path("learning/", learning.index, name="desk-learning"),
    path("learning/read/", learning.read, name="desk-learning-read"),
    path("learning/classes/<uuid:class_id>/", learning.show, name="desk-learning-class"),
    path("learning/learners/<uuid:place_id>/", learning.timeline, name="desk-learner"),
    path("learning/learners/<uuid:place_id>/signals/<uuid:signal_id>/", learning.review, name="desk-learning-review"),
]

"""The resources of xAPI; the specification fixes their names below the base address."""

from django.urls import path

from peibu.api.xapi import about, documents, statements

urlpatterns = [
    path("about", about.show, name="xapi-about"),
    path("statements", statements.resource, name="xapi-statements"),
    path("statements/more", statements.more, name="xapi-more"),
    path("activities", about.activity, name="xapi-activities"),
    path("agents", about.agent, name="xapi-agents"),
    path("activities/state", documents.state, name="xapi-state"),
    path("activities/profile", documents.activity_profile, name="xapi-activity-profile"),
    path("agents/profile", documents.agent_profile, name="xapi-agent-profile"),
]

"""The store as it is often written: validated by jsonschema, one ORM row at a time, shared rows for verb and activity."""

import json
import uuid

from django.db import connection, models
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from jsonschema import Draft202012Validator

TEXT = {"type": "string"}
SCHEMA = Draft202012Validator(
    {
        "type": "object",
        "required": ["actor", "verb", "object"],
        "properties": {
            "actor": {"type": "object", "required": ["account"]},
            "verb": {"type": "object", "required": ["id"], "properties": {"id": TEXT}},
            "object": {"type": "object", "required": ["id"], "properties": {"id": TEXT}},
            "result": {"type": "object"},
            "context": {"type": "object"},
        },
    }
)


class Named(models.Model):
    """A verb or activity, shared by all statements that name it."""

    iri = models.CharField(max_length=500, unique=True)

    class Meta:
        app_label = "naive"


class Row(models.Model):
    """One statement."""

    id = models.UUIDField(primary_key=True)
    verb = models.ForeignKey(Named, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Named, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=500, db_index=True)
    stored = models.DateTimeField(auto_now_add=True, db_index=True)
    body = models.JSONField()

    class Meta:
        app_label = "naive"


def make_tables() -> None:
    with connection.schema_editor() as editor:
        for model in (Named, Row):
            editor.create_model(model)


@csrf_exempt
def statements(request: HttpRequest) -> JsonResponse:
    """Keep the statements one after the other."""
    sent = json.loads(request.body)
    for one in sent:
        SCHEMA.validate(one)
        if not Row.objects.filter(pk=one["id"]).exists():
            verb, _made = Named.objects.get_or_create(iri=one["verb"]["id"])
            target, _made = Named.objects.get_or_create(iri=one["object"]["id"])
            actor = one["actor"]["account"]["name"]
            Row.objects.create(id=uuid.UUID(one["id"]), verb=verb, target=target, actor=actor, body=one)
    return JsonResponse([one["id"] for one in sent], safe=False)


urlpatterns = [path("api/xapi/statements", statements)]

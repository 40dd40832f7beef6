#!/usr/bin/env bash
# drf-spectacular 0.30.0 with djangorestframework 3.18.3 on Django 5.2.19: with SORT_OPERATIONS off, which the
# settings offer for "the order of the code", the text of the OpenAPI document of the same code differs from
# process to process. The enumerator takes the methods of a view set from a set of strings, so their order follows
# Python's hash seed; only the sorting by SORT_OPERATIONS hides it. Whoever keeps the document in git, signs it or
# compares its digest sees changes that are none. Parsed, the documents are equal.
# Output seen: "8 processes: 8 texts, 1 document".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  django==5.2.19 djangorestframework==3.18.3 drf-spectacular==0.30.0
cat >document.py <<'PYTHON'
from django.conf import settings

settings.configure(
    ROOT_URLCONF="document",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "drf_spectacular"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    REST_FRAMEWORK={"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"},
    SPECTACULAR_SETTINGS={"SORT_OPERATIONS": False},
)
import django

django.setup()
from django.contrib.auth.models import Group
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from rest_framework import routers, serializers, viewsets


class GroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = Group
        fields = ["id", "name"]


class GroupViewSet(viewsets.ModelViewSet):
    queryset = Group.objects.all()
    serializer_class = GroupSerializer


router = routers.SimpleRouter()
router.register("groups", GroupViewSet)
urlpatterns = [path("", include(router.urls))]
if __name__ == "__main__":
    print(OpenApiYamlRenderer().render(SchemaGenerator(patterns=urlpatterns).get_schema(public=True)).decode())
PYTHON
cat >compare.py <<'PYTHON'
import json, os, subprocess, sys, yaml

texts = [
    subprocess.run([sys.executable, "document.py"], env=os.environ | {"PYTHONHASHSEED": str(seed)},
                   capture_output=True, text=True, check=True).stdout
    for seed in range(8)
]
documents = {json.dumps(yaml.safe_load(text), sort_keys=True) for text in texts}
print(f"{len(texts)} processes: {len(set(texts))} texts, {len(documents)} document")
sys.exit(0 if len(set(texts)) > 1 and len(documents) == 1 else 1)
PYTHON
venv/bin/python compare.py

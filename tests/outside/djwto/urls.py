"""djwto's own urls, and two views behind its decorators."""

import djwto.authentication as auth
from django.conf import settings
from django.http import JsonResponse
from django.urls import include, path


@auth.jwt_login_required
def login_required(request):
    return JsonResponse({"claims": request.payload})


@auth.jwt_login_required
@auth.jwt_perm_required([settings.PROTECTED_PERM])
def perm_required(request):
    return JsonResponse({"claims": request.payload})


urlpatterns = [
    path("", include("djwto.urls")),
    path("protected/", login_required),
    path("protected/perm/", perm_required),
]

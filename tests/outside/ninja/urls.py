"""The library's own routers where its documentation puts them, and one router behind HttpJwtAuth."""

from django.urls import path
from ninja import NinjaAPI, Router
from ninja_simple_jwt.auth.ninja_auth import HttpJwtAuth
from ninja_simple_jwt.auth.views.api import mobile_auth_router, web_auth_router

protected = Router(auth=HttpJwtAuth())


@protected.get("/whoami")
def whoami(request):
    return {"id": request.user.id, "username": request.user.username, "last_login": request.user.last_login}


api = NinjaAPI()
api.add_router("/auth/mobile/", mobile_auth_router)
api.add_router("/auth/web/", web_auth_router)
api.add_router("/protected/", protected)

urlpatterns = [path("api/", api.urls)]

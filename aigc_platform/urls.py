"""One include per app, the API, sign-in and the health answer."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog

from aigc_platform.health import healthz
from aigc_platform.robots import robots
from generation.web.serving import media_file

urlpatterns = [
    path("api/", include("aigc_platform.api_urls")),  # first: asked most, and what comes before is tried
    path("", include("recommender.web.urls")),
    path("", include("generation.web.urls")),
    path("", include("generation.moderation.web.urls")),
    path("", include("analytics.web.urls")),
    # the account page changes an address, with the password; allauth's own page would add one without it
    path("accounts/email/", RedirectView.as_view(pattern_name="account"), name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path(
        "jsi18n/",
        JavaScriptCatalog.as_view(packages=["generation", "recommender", "analytics"]),
        name="javascript-catalog",
    ),
    path("media/<path:path>", media_file, name="media-file"),
    path("admin/", admin.site.urls),
    path("robots.txt", robots, name="robots"),
    path("healthz", healthz, name="healthz"),
]
handler400 = "aigc_platform.pages.wrong"
handler404 = "aigc_platform.pages.not_found"
handler403 = "aigc_platform.pages.forbidden"
handler500 = "aigc_platform.pages.broken"

"""Under allauth's own: /compte/proconnect/login/ and /compte/proconnect/login/callback/."""

from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns

from manufactures.proconnect.provider import ProConnectProvider

urlpatterns = default_urlpatterns(ProConnectProvider)

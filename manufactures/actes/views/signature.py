"""The image of one's signature, for each delegation that one holds."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from manufactures.actes.decoupeur import NumerisationRefusee
from manufactures.actes.forms import SignatureForm
from manufactures.actes.models import ImageDeSignature
from manufactures.actes.signature import delegations_de
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits_web import GesteMixin


class SignatureView(UneSeuleFois, GesteMixin):
    """What the next acts that one signs will bear; add it, replace it, take it away."""

    geste = "poser_signature"

    def get(self, request):
        """A section a delegation."""
        return self.afficher(request)

    def post(self, request):
        """The deed on one's own delegation in force; any other is not found."""
        delegation = get_object_or_404(delegations_de(request.user), pk=request.POST.get("delegation") or 0)
        if request.POST.get("action") == "oter":
            if ImageDeSignature.oter(delegation, par=request.user):
                messages.success(request, "Image retirée : vos prochains actes n'en porteront pas.")
            return redirect("actes:signature")
        form = SignatureForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                ImageDeSignature.poser(delegation, form.cleaned_data["image"].read(), par=request.user)
            except NumerisationRefusee as refus:
                form.add_error("image", str(refus))
            else:
                messages.success(request, "Image enregistrée : vos prochains actes la porteront.")
                return redirect("actes:signature")
        return self.afficher(request, delegation, form, status=422)

    @staticmethod
    def afficher(request, delegation=None, form=None, status=200):
        """Each delegation with its image and its form."""
        visibles = ImageDeSignature.objects.visibles_par(request.user).en_vigueur()
        images = {image.delegation_id: image for image in visibles}
        lignes = [
            {
                "delegation": une,
                "image": images.get(une.pk),
                "form": form if une == delegation else SignatureForm(auto_id=f"id_{une.pk}_%s"),
            }
            for une in delegations_de(request.user)
        ]
        return render(request, "actes/signature.html", {"lignes": lignes, "form": form}, status=status)


class ImageView(GesteMixin):
    """One's own image, as the acts bear it."""

    geste = "poser_signature"

    def get(self, request, pk):
        """The picture that we drew again."""
        image = get_object_or_404(ImageDeSignature.objects.visibles_par(request.user), pk=pk)
        return HttpResponse(image.lire_fichier(), content_type="image/png")

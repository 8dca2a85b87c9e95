// The split view: select then pin, open a proof in its place, and keys. Everything works without this file: the form
// « Épingler ou annoter » takes a place and a passage, each proof has its address, each line its controls.
(() => {
  "use strict";

  const dossier = document.getElementById("volet-dossier");
  const grille = document.getElementById("volet-grille");
  if (!dossier || !grille) return;

  const epingler = document.getElementById("epingler");
  const formulaire = epingler?.querySelector("[data-mp-epingler-form]");
  const champ = (nom) => formulaire?.elements.namedItem(nom);
  const dire = (phrase) => {
    const annonces = document.getElementById("annonces");
    if (annonces) annonces.textContent = phrase;
  };

  // -- The line where one is: the last that had the focus, at first the first without answer.
  const lignes = () => [...grille.querySelectorAll("[data-mp-ligne]")];
  const sansReponse = (ligne) => ligne.querySelector("input[type=radio]") && !ligne.querySelector("input:checked");
  let code = (lignes().find(sansReponse) || lignes()[0])?.dataset.mpLigne;
  const ligneCourante = () => lignes().find((ligne) => ligne.dataset.mpLigne === code);
  const passerA = (ligne) => {
    if (!ligne) return;
    code = ligne.dataset.mpLigne;
    for (const autre of lignes()) autre.classList.toggle("mp-ligne-grille--courante", autre === ligne);
  };
  document.addEventListener("focusin", (evenement) => {
    const ligne = evenement.target.closest?.("[data-mp-ligne]");
    if (ligne) passerA(ligne);
  });
  const allerA = (ligne) => {
    if (!ligne) return;
    passerA(ligne);
    (ligne.querySelector("input:checked") || ligne.querySelector("input, select")).focus();
    ligne.scrollIntoView({ block: "nearest" });
  };
  const deplacer = (pas) => {
    const toutes = lignes();
    const dedans = document.activeElement?.closest?.("[data-mp-ligne]");
    allerA(dedans ? toutes[toutes.indexOf(dedans) + pas] : ligneCourante());
  };

  // -- Words of an answer without their spaces, each with its place in the page: as the server compares them.
  const serrer = (texte) => texte.replace(/\s+/g, "");
  const lettres = (cible) => {
    const places = [];
    const zones = cible.matches("[data-mp-texte]") ? [cible] : cible.querySelectorAll("[data-mp-texte]");
    for (const zone of zones) {
      const marche = document.createTreeWalker(zone, NodeFilter.SHOW_TEXT);
      while (marche.nextNode()) {
        [...marche.currentNode.data.matchAll(/\S/g)].forEach((m) => places.push([marche.currentNode, m.index, m[0]]));
      }
    }
    return places;
  };
  const occurrences = (texte, passage) => {
    const trouvees = [];
    for (let rang = texte.indexOf(passage); rang >= 0; rang = texte.indexOf(passage, rang + 1)) trouvees.push(rang);
    return trouvees;
  };

  // What is selected, when it stands in one answer.
  const selection = () => {
    const choisie = document.getSelection();
    if (!choisie || choisie.isCollapsed || !choisie.rangeCount) return null;
    const plage = choisie.getRangeAt(0);
    const noeud = plage.commonAncestorContainer;
    const element = noeud.nodeType === Node.ELEMENT_NODE ? noeud : noeud.parentElement;
    const zone = element?.closest?.("[data-mp-texte]");
    const cible = zone?.closest("[id^=champ-], [id^=reponse-]");
    const passage = choisie.toString().trim();
    if (!cible || !dossier.contains(cible) || !passage) return null;
    const avant = document.createRange();
    avant.setStart(zone, 0);
    avant.setEnd(plage.startContainer, plage.startOffset);
    const place = serrer(avant.toString()).length;
    const tout = lettres(cible).map((lettre) => lettre[2]).join("");
    const occurrence = occurrences(tout, serrer(passage)).filter((rang) => rang < place).length;
    return { lieu: cible.id, passage, occurrence, plage };
  };

  // -- Pin and annotate.
  const remplir = ({ lieu, passage = "", occurrence = "" }) => {
    champ("lieu").value = lieu;
    champ("passage").value = passage;
    champ("occurrence").value = occurrence;
    if (champ("critere")) champ("critere").value = code || "";
  };
  const bouton = (action) => formulaire?.querySelector(`button[value=${action}]`);
  const ouvrir = (lieu, action) => {
    const choisi = selection();
    remplir(choisi && (!lieu || choisi.lieu === lieu) ? choisi : { lieu: lieu || champ("lieu").value });
    epingler.open = true;
    const piece = champ("lieu").value.startsWith("piece-");
    const suivant = !champ("lieu").value ? champ("lieu") : piece ? champ("page") : champ("critere");
    (action === "annoter" ? champ("texte") : suivant || champ("texte")).focus();
  };
  const epinglerLaSelection = () => {
    const choisi = selection();
    if (!choisi || !bouton("epingler")) return ouvrir(lieuDuFocus(), "epingler");
    remplir(choisi);
    formulaire.requestSubmit(bouton("epingler"));
  };
  const lieuDuFocus = () => document.activeElement?.closest?.("#volet-dossier :is([id^=champ-], [id^=reponse-])")?.id || "";

  // « Épingler sur E4 », beside what is selected.
  const barre = document.createElement("div");
  barre.className = "mp-barre-epingle";
  barre.hidden = true;
  const surLigne = document.createElement("button");
  const enNote = document.createElement("button");
  for (const b of [surLigne, enNote]) {
    b.type = "button";
    b.className = "fr-btn fr-btn--sm";
    b.addEventListener("mousedown", (evenement) => evenement.preventDefault()); // the selection stays
    barre.append(b);
  }
  enNote.classList.add("fr-btn--secondary");
  enNote.textContent = "Annoter";
  surLigne.addEventListener("click", epinglerLaSelection);
  enNote.addEventListener("click", () => ouvrir("", "annoter"));
  if (formulaire) {
    document.body.append(barre);
    document.addEventListener("selectionchange", () => {
      const choisi = selection();
      barre.hidden = !choisi;
      if (!choisi) return;
      surLigne.hidden = !bouton("epingler") || !code;
      surLigne.textContent = `Épingler sur ${code}`;
      const boite = choisi.plage.getBoundingClientRect();
      barre.style.top = `${boite.bottom + window.scrollY + 4}px`;
      barre.style.left = `${Math.max(8, boite.left + window.scrollX)}px`;
    });
    formulaire.addEventListener("htmx:afterRequest", (evenement) => {
      if (!evenement.detail.successful) return;
      formulaire.reset();
      document.getSelection()?.removeAllRanges();
      if (epingler.open && epingler.contains(document.activeElement)) {
        epingler.open = false;
        allerA(ligneCourante());
      }
    });
  }
  document.addEventListener("click", (evenement) => {
    const lien = evenement.target.closest?.("[data-mp-epingler]");
    if (!lien || !formulaire) return;
    evenement.preventDefault();
    ouvrir(lien.dataset.mpEpingler, "epingler");
  });

  // -- Open a proof: its passage is marked, Échap comes back.
  let origine = null;
  const effacer = () => {
    for (const marque of dossier.querySelectorAll("mark[data-mp-marque]")) {
      const parent = marque.parentNode;
      marque.replaceWith(...marque.childNodes);
      parent.normalize();
    }
  };
  const marquer = (cible, passage, debut) => {
    const cherche = serrer(passage);
    const places = lettres(cible);
    const tout = places.map((lettre) => lettre[2]).join("");
    const brut = [...cible.querySelectorAll("[data-mp-texte]")].map((zone) => zone.textContent).join("").length || 1;
    const attendu = (debut * places.length) / brut;
    const rang = occurrences(tout, cherche).sort((a, b) => Math.abs(a - attendu) - Math.abs(b - attendu))[0];
    if (!cherche || rang === undefined) return null;
    const noeuds = new Map();
    for (const [noeud, place] of places.slice(rang, rang + cherche.length)) {
      const bornes = noeuds.get(noeud) || [place, place];
      noeuds.set(noeud, [bornes[0], place]);
    }
    let premiere = null;
    for (const [noeud, [de, a]] of noeuds) {
      const plage = document.createRange();
      plage.setStart(noeud, de);
      plage.setEnd(noeud, a + 1);
      const marque = document.createElement("mark");
      marque.dataset.mpMarque = "1";
      plage.surroundContents(marque);
      premiere = premiere || marque;
    }
    return premiere;
  };
  const montrer = (lien) => {
    const cible = document.getElementById(lien.dataset.mpMontrer);
    if (!cible) return false;
    origine = lien;
    effacer();
    const marque = marquer(cible, lien.dataset.mpPassage || "", Number(lien.dataset.mpDebut) || 0);
    for (const autre of dossier.querySelectorAll(".mp-montre")) autre.classList.remove("mp-montre");
    cible.classList.add("mp-montre");
    cible.setAttribute("tabindex", "-1");
    cible.focus({ preventScroll: true });
    const repli = marque?.closest("details");
    if (repli) repli.open = true;
    (marque || cible).scrollIntoView({ block: "center" });
    return true;
  };
  document.addEventListener("click", (evenement) => {
    const lien = evenement.target.closest?.("[data-mp-montrer]");
    if (lien && !evenement.ctrlKey && !evenement.metaKey && montrer(lien)) evenement.preventDefault();
  });
  const revenir = () => {
    if (!origine) return;
    effacer();
    for (const autre of dossier.querySelectorAll(".mp-montre")) autre.classList.remove("mp-montre");
    const retour = origine.isConnected ? origine : ligneCourante()?.querySelector("input, select");
    origine = null;
    retour?.focus();
  };

  // -- Keys. Those of one letter can be switched off, in this browser (WCAG 2.1.4).
  const CLE = "mp-touches";
  const interrupteur = document.getElementById("touches-actives");
  const actives = () => {
    try { return localStorage.getItem(CLE) !== "non"; } catch { return true; }
  };
  if (interrupteur) {
    interrupteur.closest("[data-mp-touches]").hidden = false;
    interrupteur.checked = actives();
    interrupteur.addEventListener("change", () => {
      try { localStorage.setItem(CLE, interrupteur.checked ? "oui" : "non"); } catch { /* refused */ }
    });
  }
  const changer = (controle) => {
    controle.dispatchEvent(new Event("change", { bubbles: true }));
    dire(`${code} : ${controle.labels?.[0]?.textContent.trim() || ""} ${controle.type === "radio" ? "" : controle.value}`);
  };
  const repondre = (reponse) => {
    const ligne = ligneCourante();
    const choix = ligne?.querySelector(`input[type=radio][value=${reponse}]`);
    if (!choix) return;
    choix.checked = true;
    choix.focus();
    changer(choix);
    const motif = ligne.querySelector("textarea[name$=-motif]");
    if (reponse !== "OUI" && motif && !motif.value) motif.focus();
  };
  const noter = (note) => {
    const choix = ligneCourante()?.querySelector("select[name$=-note]");
    if (!choix?.querySelector(`option[value="${note}"]`)) return;
    choix.value = note;
    choix.focus();
    changer(choix);
  };
  const touches = {
    o: () => repondre("OUI"),
    n: () => repondre("NON"),
    d: () => repondre("A_DEMANDER"),
    j: () => deplacer(1),
    k: () => deplacer(-1),
    e: () => formulaire && epinglerLaSelection(),
    a: () => formulaire && ouvrir(selection() ? "" : lieuDuFocus(), "annoter"),
    v: () => ligneCourante()?.querySelector("[data-mp-montrer]")?.click(),
    s: () => document.querySelector("a[data-mp-suivant]")?.click(),
    p: () => document.querySelector("a[data-mp-precedent]")?.click(),
    "?": () => {
      const details = document.getElementById("touches");
      if (!details) return;
      details.open = true;
      details.querySelector("summary").focus();
    },
  };
  const ecrit = (cible) =>
    cible.isContentEditable ||
    (cible.matches("textarea, select, input") &&
      !cible.matches("input[type=radio], input[type=checkbox], [data-mp-ligne] select"));
  document.addEventListener("keydown", (evenement) => {
    if (evenement.defaultPrevented || evenement.altKey || evenement.metaKey || evenement.isComposing) return;
    if (evenement.ctrlKey) {
      const suite = grille.querySelector("button[data-mp-suivant]") || grille.querySelector("button[value=enregistrer]");
      if (evenement.key === "Enter" && suite) {
        evenement.preventDefault();
        suite.click();
      }
      return;
    }
    if (evenement.key === "Escape") return revenir();
    if (!(evenement.target instanceof Element) || ecrit(evenement.target) || !actives()) return;
    const touche = evenement.key.toLowerCase();
    if (/^[0-5]$/.test(touche)) {
      evenement.preventDefault();
      return noter(touche);
    }
    if (!Object.hasOwn(touches, touche) || !document.getElementById("touches")) return;
    evenement.preventDefault();
    touches[touche]();
  });
})();

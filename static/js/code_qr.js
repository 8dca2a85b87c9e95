// A QR code drawn by the phone itself: bytes, level L, versions 1 to 5 (one block), mask 0. `mpCodeQr(texte)` is its rows.
(() => {
  "use strict";

  const DONNEES = [19, 34, 55, 80, 108]; // data codewords of versions 1 to 5, level L
  const CORRECTION = [7, 10, 15, 20, 26];
  const FORMAT = 0x77c4; // level L, mask 0, with its own correction

  const multiplier = (x, y) => {
    let produit = 0;
    for (let rang = 7; rang >= 0; rang--) {
      produit = (produit << 1) ^ ((produit >>> 7) * 0x11d);
      produit ^= ((y >>> rang) & 1) * x;
    }
    return produit;
  };

  const diviseur = (degre) => {
    const termes = new Array(degre).fill(0);
    termes[degre - 1] = 1;
    let racine = 1;
    for (let i = 0; i < degre; i++) {
      for (let j = 0; j < degre; j++) {
        termes[j] = multiplier(termes[j], racine);
        if (j + 1 < degre) termes[j] ^= termes[j + 1];
      }
      racine = multiplier(racine, 2);
    }
    return termes;
  };

  const corriger = (octets, degre) => {
    const termes = diviseur(degre);
    const reste = new Array(degre).fill(0);
    for (const octet of octets) {
      const facteur = octet ^ reste.shift();
      reste.push(0);
      termes.forEach((terme, rang) => { reste[rang] ^= multiplier(terme, facteur); });
    }
    return reste;
  };

  const mots = (octets, capacite) => {
    const bits = [];
    const ecrire = (valeur, longueur) => {
      for (let rang = longueur - 1; rang >= 0; rang--) bits.push((valeur >>> rang) & 1);
    };
    ecrire(4, 4); // bytes
    ecrire(octets.length, 8);
    for (const octet of octets) ecrire(octet, 8);
    ecrire(0, Math.min(4, capacite * 8 - bits.length));
    ecrire(0, (8 - (bits.length % 8)) % 8);
    const sortie = [];
    for (let debut = 0; debut < bits.length; debut += 8) sortie.push(parseInt(bits.slice(debut, debut + 8).join(""), 2));
    for (let bourre = 0xec; sortie.length < capacite; bourre ^= 0xec ^ 0x11) sortie.push(bourre);
    return sortie;
  };

  class Grille {
    constructor(version) {
      this.cote = 17 + 4 * version;
      this.noirs = Array.from({ length: this.cote }, () => new Array(this.cote).fill(false));
      this.pris = Array.from({ length: this.cote }, () => new Array(this.cote).fill(false));
      this.reperes(version);
      this.format();
    }

    poser(x, y, noir) {
      if (x < 0 || y < 0 || x >= this.cote || y >= this.cote) return;
      this.noirs[y][x] = Boolean(noir);
      this.pris[y][x] = true;
    }

    reperes(version) {
      const bout = this.cote - 4;
      for (let rang = 0; rang < this.cote; rang++) {
        this.poser(6, rang, rang % 2 === 0);
        this.poser(rang, 6, rang % 2 === 0);
      }
      for (const [x, y] of [[3, 3], [bout, 3], [3, bout]]) this.carre(x, y, 4, (distance) => distance !== 2 && distance !== 4);
      if (version > 1) this.carre(4 * version + 10, 4 * version + 10, 2, (distance) => distance !== 1);
    }

    carre(x, y, rayon, noir) {
      for (let dy = -rayon; dy <= rayon; dy++)
        for (let dx = -rayon; dx <= rayon; dx++)
          this.poser(x + dx, y + dy, noir(Math.max(Math.abs(dx), Math.abs(dy))));
    }

    format() {
      const bit = (rang) => (FORMAT >>> rang) & 1;
      for (let i = 0; i <= 5; i++) this.poser(8, i, bit(i));
      this.poser(8, 7, bit(6));
      this.poser(8, 8, bit(7));
      this.poser(7, 8, bit(8));
      for (let i = 9; i < 15; i++) this.poser(14 - i, 8, bit(i));
      for (let i = 0; i < 8; i++) this.poser(this.cote - 1 - i, 8, bit(i));
      for (let i = 8; i < 15; i++) this.poser(8, this.cote - 15 + i, bit(i));
      this.poser(8, this.cote - 8, true);
    }

    remplir(octets) {
      let rang = 0;
      for (let droite = this.cote - 1; droite >= 1; droite -= 2) {
        if (droite === 6) droite = 5;
        for (let pas = 0; pas < this.cote; pas++) {
          const y = ((droite + 1) & 2) === 0 ? this.cote - 1 - pas : pas;
          for (const x of [droite, droite - 1]) {
            if (this.pris[y][x]) continue;
            const bit = rang < octets.length * 8 && ((octets[rang >>> 3] >>> (7 - (rang & 7))) & 1) === 1;
            this.noirs[y][x] = bit !== ((x + y) % 2 === 0);
            rang++;
          }
        }
      }
    }
  }

  globalThis.mpCodeQr = (texte) => {
    const octets = [...new TextEncoder().encode(texte)];
    const rang = DONNEES.findIndex((capacite) => octets.length <= capacite - 2);
    if (rang < 0) return null;
    const donnees = mots(octets, DONNEES[rang]);
    const grille = new Grille(rang + 1);
    grille.remplir([...donnees, ...corriger(donnees, CORRECTION[rang])]);
    return grille.noirs;
  };
})();

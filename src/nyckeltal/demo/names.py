"""The names of the demo's agents, team by team. All invented; a name and its sign do not change when the simulation does."""

from __future__ import annotations

import unicodedata

NAMES: dict[str, tuple[str, ...]] = {
    "nord": (
        "Elsa Lindqvist", "Johan Berg", "Oskar Dahl", "Nora Szabó", "Mikko Laine", "Sara Nyström", "Freja Madsen", "Zsófia Kovács",
        "Anders Holm", "Aino Korhonen", "Tuomas Virtanen", "Ida Holm", "Réka Balogh", "Maja Åkesson",
    ),
    "syd": (
        "Lars Wikström", "Astrid Björk", "Bence Varga", "Hanna Forsberg", "Viktor Ahlgren", "Eszter Nagy", "Emil Sjögren", "Linnea Hedlund",
        "Dávid Farkas", "Signe Lundgren", "Axel Rosén", "Tove Melin",
    ),
    "energi": (
        "Jukka Heikkinen", "Sanna Mäkelä", "Elina Salonen", "Antti Koskinen", "Laura Lehtonen", "Ville Rantanen", "Katri Hämäläinen", "Stefan Nyberg",
        "Petra Sundström", "Olli Tamminen", "Kaisa Ojala",
    ),
    "butik": (
        "Mads Kjær", "Sofie Østergaard", "Rasmus Bruun", "Camilla Dam", "Jonas Skov", "Line Thorsen", "Kasper Holst", "Amalie Friis", "Nanna Bech",
        "Gustav Palm", "Rikke Lund", "Simon Vang",
    ),
    "skrift": ("Judit Molnár", "Péter Kiss", "Anna Horváth", "Ilona Szűcs", "Tamás Fodor", "Karl Engström", "Timo Kallio"),
    "andra": ("Bo Hellström", "Kristina Falk", "András Lukács", "Ingrid Moen"),
}  # fmt: skip


def sign(name: str) -> str:
    """The short sign an agent logs in with: "Elsa Lindqvist" is elsalin."""
    given, family = (_plain(part) for part in name.split(" ", 1))
    return given[:4] + family[:3]


def _plain(word: str) -> str:
    spelled = word.lower().replace("ø", "o").replace("æ", "ae")
    return "".join(letter for letter in unicodedata.normalize("NFD", spelled) if letter.isascii() and letter.isalpha())

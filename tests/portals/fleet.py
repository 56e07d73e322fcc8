"""All replica portals together."""

from __future__ import annotations

from tests.portals import calls, fifth, fourth, gates, hanweb, later, odd, organs, products, third, trs
from tests.portals.kit import Portal, Variant


def build(variant: Variant) -> list[Portal]:
    """The twelve portals of the plan and those that were made later, in one variant of surface and season."""
    first = trs.flat(variant)
    made = [
        first,
        trs.tree(variant),
        hanweb.jcms(variant),
        hanweb.jpaas(variant),
        products.vsb(variant),
        products.ucap(variant),
        gates.lonsun(variant),
        gates.mvc(variant),
        gates.gkmlpt(variant),
        odd.legacy(variant),
        odd.spa(variant),
    ]
    more = [organs.organs(variant), organs.house(variant), calls.interface(variant), calls.parent(variant)]
    more += [later.drawn(variant), later.gongkai(variant), later.searched(variant), later.history(variant)]
    more += [third.leaves(variant), third.framed(variant)]
    more += [fourth.pictured(variant), fourth.tree(variant), fourth.tabs(variant)]
    more += [fifth.thin(variant), fifth.chosen(variant)]
    return [*made, odd.hub(variant, first), *more]

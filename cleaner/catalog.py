"""The explicit list of all filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from inspect import signature
from typing import Any

from cleaner.errors import RecipeError
from cleaner.filter import Editor, Filter, Index, Restorer, Scorer
from cleaner.rules import RuleBook, RuleEditor

STAGES: Mapping[str, type] = {
    "repair": Editor,
    "strip": Editor,
    "restore": Restorer,
    "score": Scorer,
    "dedup": Index,
}

FILTERS: Mapping[str, str] = {
    # name in a recipe: "module:class", or "rules" for a filter that rule files alone make
    "repair.escapes": "cleaner.repair.escapes:Escapes",
    "repair.mojibake": "cleaner.repair.mojibake:Mojibake",
    "repair.shift": "cleaner.repair.shift:Shift",
    "repair.pinyin": "cleaner.repair.pinyin:Pinyin",
    "repair.invisible": "cleaner.repair.invisible:Invisible",
    "repair.compat": "cleaner.repair.compat:Compat",
    "repair.width": "cleaner.repair.width:Width",
    "repair.spacing": "cleaner.repair.spacing:Spacing",
    "repair.script": "cleaner.repair.script:Script",
    "strip.markup": "cleaner.strip.markup:Markup",
    "strip.emoji": "cleaner.strip.emoji:Emoji",
    "strip.spam": "cleaner.strip.spam:Spam",
    "strip.brand": "cleaner.strip.brand:Brands",
    "strip.stamp": "cleaner.strip.stamp:Stamps",
    "strip.placeholder": "rules",
    "strip.margin": "cleaner.strip.margin:Margins",
    "strip.frame": "cleaner.strip.frame:Frame",
    "strip.chrome": "rules",
    "strip.feed": "cleaner.strip.feed:Feeds",
    "strip.boilerplate": "rules",
    "strip.ornament": "cleaner.strip.ornament:Ornaments",
    "strip.meta": "cleaner.strip.meta:Meta",
    "strip.blanks": "cleaner.strip.blanks:Blanks",
    "restore.sections": "cleaner.restore.sections:Sections",
    "restore.wrap": "cleaner.restore.wrap:Wrap",
    "restore.repeats": "cleaner.restore.repeats:Repeats",
    "restore.briefs": "cleaner.restore.briefs:Briefs",
    "restore.page": "cleaner.restore.page:Page",
    "restore.feed": "cleaner.restore.feed:Feed",
    "score.basics": "cleaner.score.basics:Basics",
    "score.removed": "cleaner.score.removed:Removed",
    "score.completeness": "cleaner.score.completeness:Completeness",
    "score.news": "cleaner.score.news:News",
    "score.coherence": "cleaner.score.coherence:Coherence",
    "score.openings": "cleaner.score.openings:Openings",
    "score.filler": "cleaner.score.filler:Filler",
    "score.forms": "cleaner.score.forms:Forms",
    "score.narration": "cleaner.score.narration:Narration",
    "score.fasttext": "cleaner.score.fasttext:FastText",
    "score.news_coherence": "cleaner.score.combined:NewsCoherence",
    "score.script": "cleaner.score.script:Script",
    "score.damage": "cleaner.score.damage:Damage",
    # Not in the default recipe: it needs the extra fineweb2.
    "score.fineweb2": "cleaner.score.fineweb2:FineWeb2",
    "dedup.exact": "cleaner.dedup.exact:Exact",
    "dedup.near": "cleaner.dedup.near:Near",
    # Not in any shipped recipe: they count and strip what stands on many pages of one crawl.
    "dedup.paragraphs": "cleaner.dedup.paragraphs:ParagraphCount",
    "strip.paragraphs": "cleaner.dedup.paragraphs:Paragraphs",
}


def build(name: str, book: RuleBook, options: Mapping[str, Any]) -> Filter:
    """The filter called `name`, set up with the options of a recipe.

    A name with a colon (`my_package.my_module:my_filter`) is a user's own filter object.
    """
    if ":" in name:
        return _own(name)
    target = FILTERS.get(name)
    if target is None:
        raise RecipeError(f"no filter {name!r}; there are: {', '.join(FILTERS)}")
    if target == "rules":
        _check_options(name, options, ())
        return RuleEditor(name, book)
    module, _, attribute = target.partition(":")
    factory: Callable[..., Filter] = getattr(import_module(module), attribute)
    _, *known = signature(factory).parameters
    _check_options(name, options, known)
    try:
        return factory(book, **options)
    except TypeError as error:
        raise RecipeError(f"options of {name}: {error}") from error


def _check_options(name: str, options: Mapping[str, Any], known: Sequence[str]) -> None:
    for option in options:
        if option not in known:
            there = f"there are: {', '.join(known)}" if known else "it takes none"
            raise RecipeError(f"options of {name}: no option {option!r}; {there}")


def stage_of(item: Filter) -> str:
    """The stage that a filter runs in: the first part of its name, checked against its kind."""
    if not isinstance(item, Editor | Restorer | Scorer | Index):
        raise RecipeError(f"{item!r} is no filter; make it one by @cleaner.editor(…) or .scorer(…)")
    stage = item.name.partition(".")[0]
    if stage not in STAGES:
        raise RecipeError(f"filter {item.name!r}: a name begins with one of {', '.join(STAGES)}")
    if not isinstance(item, STAGES[stage]):
        kind = STAGES[stage].__name__
        raise RecipeError(f"filter {item.name!r} is no {kind}, which the stage {stage} asks for")
    return stage


def _own(name: str) -> Filter:
    module, _, attribute = name.partition(":")
    try:
        found: Filter = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise RecipeError(
            f"filter {name!r} cannot be imported: {error}; its folder must be in PYTHONPATH"
        ) from error
    return found

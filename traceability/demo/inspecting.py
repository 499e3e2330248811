"""Two visits of the Duyun bureau in June, drawn at random: one sample that passed, one that waits for its report."""

from collections.abc import Sequence
from typing import Any

from traceability.demo.papers import report_pdf, report_values
from traceability.demo.stage import Stage, Story
from traceability.demo.tables import SECOND_INSPECTOR
from traceability.domain.chain import LotKind
from traceability.domain.inspections import Access, LineOutcome, Result
from traceability.domain.people import Identity
from traceability.domain.profile import Grade
from traceability.services import inspections

#: The batch whose figures docs/manual/worked-example.md tells to the gram is left alone.
LEFT_ALONE = "DY26-LSK-ZP-003"
LAB = "示例州茶叶检验中心"
PACKS, GRAMS = 2, 150


def inspecting(stage: Stage) -> Story:
    """A plan drawn on 8 June, both visits within the week, the first sample's report a week later."""
    yield stage.at(6, 8, 9)
    officer, second = stage.offices[SECOND_INSPECTOR.county], stage.offices[SECOND_INSPECTOR.mail]
    plan = stage.do(
        inspections.draw_plan,
        by=officer,
        seed=stage.rng("inspections").randbytes(32).hex(),
        by_chance=2,
        reason="春茶季后双随机检查：台账、秤具、标志保管和库存",
    )
    samples: list[int] = []
    for visit, day in zip(
        stage.see(inspections.plan_file, by=officer, number=plan).visits, (10, 12), strict=True
    ):
        yield stage.at(6, day, 9, 30)
        asked = {"access": Access.GRANTED, "second": second.user}
        stage.book(inspections.begin_visit, by=officer, visit=visit.id, **asked)
        yield stage.at(6, day, 11)
        samples += _look_round(stage, officer, visit.id, visit.enterprise)
    yield stage.at(6, 15, 9)
    for number in samples:
        stage.book(inspections.send_sample, by=officer, sample=number, lab=LAB)
    yield stage.at(6, 22, 15)
    for number in samples[:1]:
        _report(stage, officer, second, number)


def _look_round(stage: Stage, officer: Identity, visit: int, firm: int) -> list[int]:
    """Everything on the list in its order, packs counted; the samples taken."""
    held = stage.see(inspections.to_sample, by=officer, enterprise=firm)
    for item in stage.house.profile.checklist:
        counted = sum(one.packs for one in held) if item.unit == "packs" else None
        told: dict[str, Any] = {"item": item.key, "outcome": LineOutcome.GOOD, "counted": counted}
        stage.book(inspections.write_line, by=officer, visit=visit, **told)
    samples = _samples(stage, officer, visit, held)
    ended = {"result": Result.IN_ORDER, "words": "台账齐全，清点与账面一致"}
    stage.book(inspections.conclude_visit, by=officer, visit=visit, **ended)
    return samples


def _samples(stage: Stage, officer: Identity, visit: int, held: Sequence[Any]) -> list[int]:
    """Two lots of what the firm has, packs or loose, those of other stories left alone."""
    fit = [one for one in held if _fits(one)][:2]
    return [
        stage.book(
            inspections.take_sample,
            by=officer,
            visit=visit,
            lot=one.lot.id,
            packs=PACKS if one.lot.kind is LotKind.PACKS else 0,
            grams=0 if one.lot.kind is LotKind.PACKS else GRAMS,
            taken_from="示例仓管员",
            seal_no=f"QN-CY-{one.lot.id:06d}",
        )
        for one in fit
    ]


def _fits(line: Any) -> bool:
    lot = line.lot
    return lot.kind is LotKind.PACKS and line.packs >= 4 * PACKS and not lot.no.startswith(LEFT_ALONE)


def _report(stage: Stage, officer: Identity, second: Identity, sample: int) -> None:
    """Typed by one, confirmed by the other."""
    file = stage.see(inspections.sample_file, by=officer, number=sample)
    stage.do(
        inspections.enter_sample_report,
        by=officer,
        sample=sample,
        report_no=f"QN-CJ-{stage.year}-{sample:03d}",
        lab=LAB,
        reported_on=stage.today,
        tested=report_values(stage.rng(f"sample/{sample}"), file.lot.grade or Grade.FIRST),
        file_name=f"{file.sample.no}.pdf",
        content=report_pdf(f"Official sample {file.sample.no} (demo)"),
    )
    stage.do(inspections.confirm_sample_report, by=second, sample=sample)

"""The cast: offices and their people, firms with theirs, growers, plots, scales, products and customers."""

from datetime import date, timedelta
from decimal import Decimal

from traceability.demo.stage import Card, DemoAccount, Firm, Sitting, Stage, Story
from traceability.demo.tables import (
    CONSIGNEES,
    COUNTY_MAIL,
    CULTIVARS,
    FIRMS,
    NETS,
    OLD_SCALE,
    SECOND_INSPECTOR,
    WORKED_PLOTS,
    WORKS,
    FirmRow,
    Garden,
    household,
    whole_sc,
    whole_uscc,
)
from traceability.domain.people import FIRM_ROLES, Identity, Role
from traceability.domain.profile import Grade
from traceability.services import chain, people
from traceability.store.work import note


def founding(
    stage: Stage, *, password: str, password_hash: str, code_key: str = "", sealed: str = ""
) -> Story:
    """January and February: everybody signs on, the prefecture authorises, the counties walk the gardens."""
    door = _Door(stage, password, password_hash, code_key, sealed)
    yield stage.at(1, 4, 9)
    admin = _found_offices(door)
    yield stage.at(1, 5, 10)
    for row in FIRMS:
        stage.firms[row.key] = _register_firm(door, admin, row)
    yield stage.at(1, 8, 15)
    for firm in stage.firms.values():
        _authorise(stage, firm)
    yield stage.at(1, 12, 10)
    for turn, firm in enumerate(stage.firms.values()):
        _register_gardens(stage, firm, turn)
        _register_goods(stage, firm)
    yield stage.at(2, 18, 9)
    _spray(stage)
    yield stage.at(2, 24, 16)
    for firm in stage.firms.values():
        _approve_plots(stage, firm)


# --- people -------------------------------------------------------------------------------------------------


class _Door:
    """Makes sign-ins, all with the one password of the demo, and remembers them to be printed.

    Offices have the one authenticator key of the demo too, `sealed` as the sign-in keeps it.
    """

    def __init__(self, stage: Stage, password: str, password_hash: str, code_key: str, sealed: str) -> None:
        self.stage = stage
        self._password = password
        self._hash = password_hash
        self._code_key, self._sealed = code_key, sealed

    def sign_on(self, by: Identity, mail: str, name: str, role: Role, where: str, **post: object) -> Identity:
        """A new person; who they are from now on."""
        number = self.stage.do(
            people.create_user, by=by, email=mail, password_hash=self._hash, name=name, role=role, **post
        )
        coded = bool(self._sealed) and role not in FIRM_ROLES
        if coded:
            with note(self.stage.house) as work:
                people.give_second_factor(work, user=number, sealed=self._sealed)
        key = self._code_key if coded else ""
        self.stage.accounts.append(DemoAccount(mail, self._password, name, role.value, where, key))
        found = self.stage.see(people.identity_of, user=number)
        if found is None:
            raise LookupError(mail)
        return found


def _found_offices(door: _Door) -> Identity:
    """The thirteen offices, and the people in those the demo needs; the administrator."""
    stage, profile = door.stage, door.stage.house.profile
    bureau, founder = profile.prefecture.bureau_zh, people.FOUNDER
    stage.do(people.found_offices, by=founder)
    admin = door.sign_on(founder, "admin@qiannan.example", "示例管理员", Role.ADMINISTRATOR, bureau)
    stage.offices[profile.prefecture.code] = door.sign_on(
        admin, "officer@qiannan.example", "示例州监管员", Role.PREFECTURE, bureau
    )
    door.sign_on(admin, "observer@qiannan.example", "示例观察员", Role.OBSERVER, bureau)
    for code, mail in COUNTY_MAIL.items():
        county = profile.county(code)
        stage.offices[code] = door.sign_on(
            admin,
            f"officer@{mail}.example",
            f"示例{county.zh}监管员",
            Role.COUNTY,
            county.bureau_zh,
            county=code,
        )
    one = SECOND_INSPECTOR
    where = profile.county(one.county).bureau_zh
    stage.offices[one.mail] = door.sign_on(admin, one.mail, one.name, Role.COUNTY, where, county=one.county)
    return admin


def _register_firm(door: _Door, admin: Identity, row: FirmRow) -> Firm:
    stage = door.stage
    number = stage.do(
        people.register_enterprise,
        by=admin,
        name=row.name,
        uscc=whole_uscc(row.uscc),
        county=row.county,
        sc_no=whole_sc(row.sc_digits),
    )
    manager = door.sign_on(
        admin, f"manager@{row.key}.example", "示例经理", Role.MANAGER, row.name, enterprise=number
    )
    hand = manager
    if row.clerk:
        hand = door.sign_on(
            admin, f"clerk@{row.key}.example", "示例记录员", Role.CLERK, row.name, enterprise=number
        )
    party = stage.see(people.enterprise, by=admin, number=number, now=stage.now).enterprise.party
    return Firm(row, number, party, manager, hand, stage.offices[row.county])


def _authorise(stage: Stage, firm: Firm) -> None:
    """The prefecture's announcement, in force for two years; the cooperative sells rough tea and has none."""
    if not firm.row.scope:
        return
    stage.do(
        people.authorise_enterprise,
        by=stage.offices[stage.house.profile.prefecture.code],
        enterprise=firm.id,
        announcement_no=f"示例公告 {stage.year} 年第 {firm.id} 号",
        right_basis=firm.row.right,
        scope=firm.row.scope,
        valid_from=date(stage.year, 1, 1),
        valid_until=date(stage.year + 1, 12, 31),
    )


# --- gardens ------------------------------------------------------------------------------------------------


def _register_gardens(stage: Stage, firm: Firm, turn: int) -> None:
    """Growers and their plots, entered by the firm in one sitting; each household tends two."""
    rng, growers = stage.rng(f"gardens/{firm.row.key}"), dict[str, int]()
    with stage.sitting() as desk:
        for garden in firm.row.gardens:
            for n in range(1, garden.plots + 1):
                no = f"{garden.key}-{n:02d}"
                area, name = WORKED_PLOTS.get(no, (f"{rng.randrange(120, 280) / 20:.2f}", None))
                who = _owner(firm, turn, len(firm.cards)) if name is None else name or firm.row.name
                grower = growers.get(who) or _register_grower(desk, firm, garden, who)
                growers[who] = grower
                firm.cards[no] = _register_plot(
                    desk, firm, garden, no, grower, area, rng.choice(CULTIVARS), rng.randrange(-60, 80)
                )


def _owner(firm: Firm, turn: int, plots: int) -> str:
    """The firm's own first plot, then households with two plots each."""
    return firm.row.name if plots == 0 else household(turn * 8 + plots // 2)


def _register_grower(desk: Sitting, firm: Firm, garden: Garden, name: str) -> int:
    kind = firm.row.grower_kind if name == firm.row.name else "household"
    return desk.do(people.register_grower, by=firm.hand, kind=kind, name=name, township=garden.township)


def _register_plot(
    desk: Sitting, firm: Firm, garden: Garden, no: str, grower: int, area: str, cultivar: str, higher_m: int
) -> Card:
    number = desk.do(
        people.register_plot,
        by=firm.hand,
        no=no,
        grower=grower,
        township=garden.township,
        place=garden.place,
        area_mu=Decimal(area),
        cultivar=cultivar,
        altitude_m=garden.altitude_m + higher_m,
    )
    return Card(number, no, Decimal(area))


def _spray(stage: Stage) -> None:
    """Winter garden cleaning, with its safety interval over before the first picking."""
    product, dose, interval = WORKS[1]
    for firm in stage.firms.values():
        with stage.sitting() as desk:
            for card in list(firm.cards.values())[:3]:
                record_work(desk, firm, card, product, dose, stage.today - timedelta(days=6), interval)


def record_work(
    desk: Sitting, firm: Firm, card: Card, product: str, dose: str, worked_on: date, interval_days: int
) -> None:
    """Farm work on a plot; the card says until when it is closed."""
    desk.do(
        chain.record_plot_work,
        by=firm.hand,
        plot=card.id,
        product=product,
        dose=dose,
        worked_on=worked_on,
        interval_days=interval_days,
    )
    card.closed_until = worked_on + timedelta(days=interval_days)


def _approve_plots(stage: Stage, firm: Firm) -> None:
    with stage.sitting() as desk:
        for card in firm.cards.values():
            desk.do(people.approve_plot, by=firm.office, plot=card.id)


# --- scales, products, customers ----------------------------------------------------------------------------


def _register_goods(stage: Stage, firm: Firm) -> None:
    with stage.sitting() as desk:
        firm.scales["main"] = register_scale(desk, firm, firm.row.scale, date(stage.year - 1, 12, 1))
        if firm.row.key == OLD_SCALE[0]:
            firm.scales["old"] = register_scale(desk, firm, OLD_SCALE[1], date(stage.year - 1, *OLD_SCALE[2]))
        for grade in firm.row.scope:
            for net in NETS[grade]:
                firm.products[grade, net] = _register_product(desk, firm, grade, net)
        for channel, (name, place) in CONSIGNEES.items():
            firm.parties[channel] = desk.do(
                people.register_consignee, by=firm.hand, name=name.format(firm=firm.row.name), place=place
            )


def register_scale(desk: Sitting, firm: Firm, no: str, verified_on: date) -> int:
    """A scale's verification, for one year."""
    until = verified_on.replace(year=verified_on.year + 1) - timedelta(days=1)
    return desk.do(people.register_scale, by=firm.hand, no=no, verified_on=verified_on, verified_until=until)


#: The one product of the demo with a trade item number: a well-known dummy.
WITH_GTIN = ("dysl", Grade.ZHENPIN, 50, "6901234567892")


def _register_product(desk: Sitting, firm: Firm, grade: Grade, net: int) -> int:
    gtin = WITH_GTIN[3] if (firm.row.key, grade, net) == WITH_GTIN[:3] else None
    return desk.do(
        people.register_product, by=firm.hand, name="都匀毛尖茶", grade=grade, net_content_g=net, gtin=gtin
    )

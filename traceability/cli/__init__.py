"""`traceability …`: the doorway of the command line. Same use cases, same permissions as the pages.

Sentences for people go through the catalogues (`--lang`, else the terminal's language); help is in English.
What a command needs is imported when it is called: the pages, the label maker and the server take a second or
two together, and `traceability --help` needs none of them.
"""

import os
from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple

import click

from traceability.domain.errors import Refusal


class Place(NamedTuple):
    """Where a command is written, and its line in the list of commands."""

    module: str
    name: str
    line: str


COMMANDS: Mapping[str, Place] = {
    "init": Place("founding", "init", "Make keys, folders and the database; safe to repeat."),
    "user": Place("founding", "user", "People who can sign in."),
    "demo": Place("founding", "demo", "Live through the demo season in an empty database."),
    "code": Place("founding", "code", "The code the demo's offices sign in with now."),
    "serve": Place("serving", "serve", "Run the production server."),
    "verify": Place("asking", "verify", "What is known of a mark."),
    "marks": Place("marking", "group", "Request, approve, issue, print, void, lose and return marks."),
    "labels": Place("labels", "group", "Label designs: check, list, calibrate."),
    "template": Place("importing", "template", "A season's workbook to fill in."),
    "import": Place("importing", "bring", "Bring in a season's workbook, all of it or nothing."),
    "counties": Place("counties", "group", "Load the boundaries plots are checked by."),
    "scales": Place("scales", "group", "Bring in lists of verified scales."),
    "trace": Place("asking", "trace", "Where a lot came from, or where it went."),
    "findings": Place("findings", "group", "Look over the books for what the offices should see."),
    "scans": Place("scanning", "group", "Forget scans older than they are kept."),
    "evidence": Place("evidence", "evidence", "A lot's records with proofs, to be checked without us."),
    "log": Place("log", "group", "The public log: seal what came in, check all of it."),
    "audit": Place("auditing", "audit", "Check that every sum of the books comes out; the book of a season."),
}

REFUSED = 2


class Refused(click.ClickException):
    """A refusal on its way to standard error: code, text, and the numbers that explain it."""

    exit_code = REFUSED

    def show(self, file: object = None) -> None:
        """Without click's "Error:", so that the code comes first."""
        click.echo(self.message, err=True)


class Doorway(click.Group):
    """Finds a command when it is called, and says refusals in words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of setting up and using."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        place = COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(f"traceability.cli.{place.module}"), place.name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list out of the table: nothing is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.line) for name, place in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run; a refusal ends with status 2 and its words."""
        try:
            return super().invoke(ctx)
        except Refusal as error:
            # Late: these words load the catalogues, which `--help` does without.
            from traceability.cli.desk import in_words

            raise Refused(in_words(error)) from error


def _terminal_language() -> str:
    """Chinese where the terminal is set to it, as POSIX says it; else English, as the help is."""
    spoken = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return "zh" if spoken.lower().startswith("zh") else "en"


@click.group(cls=Doorway, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="duyun-maojian-traceability", prog_name="traceability")
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of the answers (default: the terminal's)."
)
@click.pass_context
def main(ctx: click.Context, lang: str | None) -> None:
    """Duyun Maojian GI traceability: from the registered plot to the scanned mark."""
    from traceability.cli.desk import Desk, read_settings, speaking  # late, as said above

    ctx.with_resource(speaking(lang or _terminal_language()))
    ctx.obj = ctx.obj or Desk(read_settings())
    ctx.call_on_close(ctx.obj.close)

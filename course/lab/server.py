"""The course in a Jupyter Server: its pages and the check of a unit, below /course/, behind its token.

When it starts it brings updates into work/ and opens the private exchange.  Writing requests carry the
server's XSRF token, as all of its own do.
"""

import asyncio
import functools
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from course.keep import files
from course.lab import pages, work
from course.lab.checking import graded_notebook, me, read_graded
from course.lab.settings import CourseLab
from course.learn import keeping
from course.learn.keeping import kept
from course.learn.moving import NotProgress, bring_in, export
from course.learn.standing import standing
from course.project import PROJECT

UNIT = r"([0-9]{2}_[a-z0-9_]+)"
CHECK_S = 300
"""A check that takes longer is given up."""


class Course:
    """What the handlers share: the project, its settings, and that one check runs at a time."""

    def __init__(self, project: Path, settings: CourseLab, log: Any) -> None:
        self.project, self.settings, self.log = project, settings, log
        self._one = asyncio.Lock()

    async def check(self, unit: str, *options: str) -> dict[str, Any]:
        """Run `course check`; return its result, or raise RuntimeError with one line."""
        async with self._one:
            code, out, err = await self._run("check", unit, "--json", *options)
        if code:
            raise RuntimeError((err.strip().splitlines() or ["it ended without a word"])[-1])
        result: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
        return result

    async def prepare(self) -> None:
        """Open the private exchange, while JupyterLab comes up."""
        code, _, err = await self._run("prepare")
        if code:
            self.log.warning("course: the private exchange could not be opened: %s", err.strip())

    async def _run(self, command: str, *arguments: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "course.cli", command, "--root", str(self.project), *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.settings.environment(),
            cwd=self.project,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), CHECK_S)
        except TimeoutError:
            process.kill()
            await process.wait()
            return 1, "", f"it took longer than {CHECK_S} s"
        return process.returncode or 0, out.decode(errors="replace"), err.decode(errors="replace")


class CourseHandler(JupyterHandler):
    """What the pages have in common."""

    def initialize(self, course: Course) -> None:
        """Take what the handlers share."""
        self.course = course

    def show(self, title: str, body: Any) -> None:
        """Answer with a page."""
        theme = self.get_query_argument("theme", "")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(pages.page(title, body, theme=theme, xsrf=self.xsrf_token.decode(), base=self.base_url))

    def tell(self, status: int, **what: Any) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(what))


class StartHandler(CourseHandler):
    """The map of the units."""

    @web.authenticated
    def get(self) -> None:
        """Show it."""
        course = self.course
        at = standing(course.project, kept().read())
        xsrf = self.xsrf_token.decode()
        checks = course.settings.self_paced
        folder = files.folder()
        mine = {unit: len(files.read(folder, unit)) for unit in files.units(folder)}
        body = pages.start(at, work.told(course.project), self.base_url, xsrf, checks=checks, kept=mine)
        self.show("Kubernetes Inside Out", body)


class MistakesHandler(CourseHandler):
    """What still goes wrong."""

    @web.authenticated
    def get(self) -> None:
        """Show it."""
        self.show("What I still get wrong", pages.mistakes(kept().read(), self.base_url))


class ReportHandler(CourseHandler):
    """The report of the last check of a unit."""

    @web.authenticated
    def get(self, unit: str) -> None:
        """Show it."""
        project = self.course.project
        tests = read_graded(graded_notebook(project, unit), unit)
        if not tests:
            self.set_status(404)
            self.show(
                "No report", pages.message("No report", f"{unit} has not been checked yet.", self.base_url)
            )
            return
        full = _feedback(project, unit).is_file()
        self.show(f"Report of {unit}", pages.report(unit, tests, [], self.base_url, full=full))


class FeedbackHandler(CourseHandler):
    """nbgrader's own page: the whole notebook as it was graded."""

    @property
    def content_security_policy(self) -> str:
        """Let nothing run that a learner wrote into a notebook."""
        return f"sandbox allow-popups; script-src 'none'; {super().content_security_policy}"

    @web.authenticated
    def get(self, unit: str) -> None:
        """Show it."""
        file = _feedback(self.course.project, unit)
        if not file.is_file():
            raise web.HTTPError(404, "there is no feedback yet")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(pages.readable(file.read_text("utf-8")))


class CheckHandler(CourseHandler):
    """Submits and grades a unit."""

    @web.authenticated
    async def post(self, unit: str) -> None:
        """Answer with points and reports."""
        if not self.course.settings.self_paced:
            self.tell(403, message="your instructor grades: press Submit in Nbgrader > Assignment List")
            return
        try:
            result = await self.course.check(unit)
        except RuntimeError as problem:
            self.tell(422, message=str(problem))
        else:
            self.tell(200, **result)


class ProgressHandler(CourseHandler):
    """The learner's file, to take elsewhere."""

    @web.authenticated
    def get(self) -> None:
        """Send it."""
        self.set_header("Content-Type", "application/json")
        self.set_header("Content-Disposition", 'attachment; filename="progress.json"')
        self.finish(export(kept()))


class ImportHandler(CourseHandler):
    """Reads in a learner's file."""

    @web.authenticated
    def post(self) -> None:
        """Add what is in the uploaded file."""
        files = self.request.files.get("file", [])
        text = files[0].body.decode("utf-8", errors="replace") if files else ""
        try:
            taken = bring_in(kept(), text)
            said = f"{taken} entries were read in." if taken else "There was nothing new in it."
        except NotProgress as problem:
            self.set_status(422)
            said = f"It was not read in: {problem}."
        except OSError as problem:
            self.set_status(500)
            said = f"Your progress cannot be written: {problem.strerror}."
        self.show("Progress read in", pages.message("Progress", said, self.base_url))


def _feedback(project: Path, unit: str) -> Path:
    return project / "feedback" / me() / unit / f"{unit}.html"


def handlers(base: str, course: Course) -> list[tuple[str, type[CourseHandler], dict[str, Any]]]:
    """Return the routes below `base`."""
    routes: dict[str, type[CourseHandler]] = {
        r"course/?": StartHandler,
        r"course/mistakes": MistakesHandler,
        rf"course/report/{UNIT}": ReportHandler,
        rf"course/feedback/{UNIT}": FeedbackHandler,
        rf"course/check/{UNIT}": CheckHandler,
        r"course/progress\.json": ProgressHandler,
        r"course/import": ImportHandler,
    }
    return [(url_path_join(base, path), handler, {"course": course}) for path, handler in routes.items()]


def grade_after_submit(course: Course) -> None:
    """Let nbgrader's own Submit button grade as well: its handler is asked, and then the check runs."""
    from nbgrader.server_extensions.assignment_list import handlers as nbgraders

    submit: Callable[..., dict[str, Any]] = nbgraders.AssignmentList.submit_assignment

    @functools.wraps(submit)
    def submitted(self: Any, course_id: str, assignment_id: str) -> dict[str, Any]:
        answer = submit(self, course_id, assignment_id)
        if answer.get("success"):
            _later(_grade(course, assignment_id))
        return answer

    nbgraders.AssignmentList.submit_assignment = submitted


async def _grade(course: Course, unit: str) -> None:
    try:
        await course.check(unit, "--submitted")
    except RuntimeError as problem:
        course.log.warning("course: %s was submitted and could not be graded: %s", unit, problem)


_running: set[asyncio.Task[None]] = set()


def _later(work_to_do: Awaitable[None]) -> None:
    task = asyncio.ensure_future(work_to_do)
    _running.add(task)  # or it may be collected before it has run
    task.add_done_callback(_running.discard)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server_app: Any) -> None:
    root = Path(server_app.root_dir)
    project = root if (root / "release").is_dir() else PROJECT
    os.environ.setdefault(keeping.VARIABLE, str(project / "work" / keeping.NAME))  # kernels inherit it
    settings = CourseLab(config=server_app.config)
    course = Course(project, settings, server_app.log)
    try:
        for unit, said in work.prepare(project).items():
            server_app.log.info("course: update of %s: %s", unit, said)
    except OSError as problem:
        server_app.log.warning("course: work/ cannot be written: %s", problem)
    server_app.web_app.add_handlers(".*$", handlers(server_app.base_url, course))
    if settings.self_paced:
        grade_after_submit(course)
        server_app.io_loop.add_callback(course.prepare)
    server_app.log.info("course: %scourse/ shows the map", server_app.base_url)

"""Numbers of an account, a folder or a whole migration."""

from dataclasses import dataclass, replace

from mailmove_gui.domain.folders import FolderPath


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages by what has become of them, and bytes of those that this program moved.

    `total` is what the source showed: pending + moved + already_there + refused + skipped + doubtful + vanished.
    `vanished` were never moved and are at the source no more. `gone` are at the source no more either, but keep the
    state that they had: they are among the others (most often `moved`), not added to them. So `at_source` is what the
    source must show at the end of a pass. Messages that a source has renumbered (UIDVALIDITY) or put into another
    folder are counted once, where they are. `repeated` are those of `skipped` whose message is looked after in another
    folder, since the source shows it in several (Gmail's labels).

    `bytes_total` leaves out skipped and vanished messages; `bytes_settled` is its part that nothing more is to be done
    with, and reaches it; `bytes_moved` is what this program moved. `unverified` are those of `moved` that nobody has
    looked at since they arrived, or that are being looked for.

    `refiled` and `removed` are what their user has done at the destination since, of `moved` and `already_there`:
    found again in another folder, or in the mailbox no more. Neither is a failure, and neither is undone by itself.
    """

    total: int = 0
    moved: int = 0
    already_there: int = 0
    refused: int = 0
    skipped: int = 0
    doubtful: int = 0
    vanished: int = 0
    bytes_total: int = 0
    bytes_moved: int = 0
    unverified: int = 0
    gone: int = 0
    bytes_settled: int = 0
    refiled: int = 0
    removed: int = 0
    repeated: int = 0

    @property
    def left_by_choice(self) -> int:
        """Messages that nobody wanted moved, in whatever folder."""
        return self.skipped - self.repeated

    @property
    def at_source(self) -> int:
        """Messages that were at the source when it was last listed."""
        return self.total - self.vanished - self.gone

    @property
    def at_destination(self) -> int:
        """Messages that stand at the destination, moved or found there, in whatever folder."""
        return self.moved + self.already_there - self.removed

    @property
    def verified(self) -> int:
        """Moved messages that were looked at where they arrived."""
        return self.moved - self.unverified

    @property
    def settled(self) -> int:
        """Messages that nothing more is to be done with."""
        return self.moved + self.already_there + self.refused + self.skipped + self.doubtful + self.vanished

    @property
    def pending(self) -> int:
        """Messages that are still to be moved."""
        return self.total - self.settled

    def since(self, start: "Counts") -> "Counts":
        """The same messages as one run sees them: what had been moved when it started was already there."""
        moved_before = min(start.moved, self.moved)
        return replace(
            self,
            moved=self.moved - moved_before,
            already_there=self.already_there + moved_before,
            bytes_moved=max(0, self.bytes_moved - start.bytes_moved),
        )

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.total + other.total,
            self.moved + other.moved,
            self.already_there + other.already_there,
            self.refused + other.refused,
            self.skipped + other.skipped,
            self.doubtful + other.doubtful,
            self.vanished + other.vanished,
            self.bytes_total + other.bytes_total,
            self.bytes_moved + other.bytes_moved,
            self.unverified + other.unverified,
            self.gone + other.gone,
            self.bytes_settled + other.bytes_settled,
            self.refiled + other.refiled,
            self.removed + other.removed,
            self.repeated + other.repeated,
        )


@dataclass(frozen=True, slots=True)
class FolderCounts:
    """Numbers of one source folder and where it goes."""

    source: FolderPath
    destination: FolderPath
    counts: Counts

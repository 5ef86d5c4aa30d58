"""PySide6 6.12.0 drops a reference to True at each emission of a Signal(bool) and aborts Python 3.11 in the end."""

import subprocess
import sys

import pytest

_PROGRAM = """
from PySide6.QtCore import QCoreApplication, QObject, Signal

class Sender(QObject):
    told = Signal(bool)

class Receiver(QObject):
    def __init__(self):
        super().__init__()
        self.seen = 0
    def take(self, value):
        self.seen += value

application = QCoreApplication([])
sender, receiver = Sender(), Receiver()
sender.told.connect(receiver.take)
for number in range(20_000):
    sender.told.emit(True)
    sender.told.emit(False)
print(receiver.seen, True + True)
"""

_COMPLETE = """
from PySide6.QtWidgets import QApplication, QWizard, QWizardPage

class Page(QWizardPage):
    def isComplete(self):
        return True

application = QApplication([])
wizard = QWizard()
page = Page()
wizard.addPage(page)
wizard.restart()
for number in range(20_000):
    page.completeChanged.emit()
print(page.isComplete(), True + True)
"""


@pytest.mark.parametrize(("program", "answer"), [(_PROGRAM, "20000 2"), (_COMPLETE, "True 2")])
def test_twenty_thousand_bools_do_not_end_the_program(program: str, answer: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, answer), done.stderr

import subprocess
import sys


def test_importing_the_room_imports_none_of_its_modules():
    code = "import sys, moodscore.demo; print([m for m in sys.modules if m.startswith('moodscore.demo.')])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"

#!/usr/bin/env python3
"""The C++ example in the README compiles as it stands there, and names every public header.

usage: readme_test.py SOURCE_FOLDER COMPILER
"""

import os
import re
import subprocess
import sys


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    root, compiler = sys.argv[1:]
    with open(os.path.join(root, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    blocks = re.findall(r"^```cpp\n(.*?)^```$", readme, re.M | re.S)
    if not blocks:
        sys.exit("README.md: no ```cpp block found")
    include = os.path.join(root, "store", "include")
    for block in blocks:
        done = subprocess.run(
            [compiler, "-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
             f"-I{include}", "-x", "c++", "-"], input=block, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"README.md: this example does not compile (see above):\n{block}")
    missing = [h for h in sorted(os.listdir(os.path.join(include, "switchback")))
               if f"`{h}`" not in readme]
    if missing:
        sys.exit(f"README.md: public headers not named: {', '.join(missing)}")


if __name__ == "__main__":
    main()

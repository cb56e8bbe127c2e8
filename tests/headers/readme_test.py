#!/usr/bin/env python3
"""The examples in the README compile as they stand there, in C++ and in C, and it names every public
header.

usage: readme_test.py SOURCE_FOLDER C++_COMPILER C_COMPILER
"""

import os
import re
import subprocess
import sys


def check_examples(readme, language, include, compiler, *options):
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", readme, re.M | re.S)
    if not blocks:
        sys.exit(f"README.md: no ```{language} block found")
    for block in blocks:
        done = subprocess.run(
            [compiler, *options, "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
             f"-I{include}", "-"], input=block, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"README.md: this example does not compile (see above):\n{block}")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    root, cxx, c = sys.argv[1:]
    with open(os.path.join(root, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    include = os.path.join(root, "store", "include")
    check_examples(readme, "cpp", include, cxx, "-std=c++23", "-x", "c++")
    check_examples(readme, "c", include, c, "-std=c99", "-x", "c")
    missing = [h for h in sorted(os.listdir(os.path.join(include, "switchback")))
               if f"`{h}`" not in readme]
    if missing:
        sys.exit(f"README.md: public headers not named: {', '.join(missing)}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Prints a list of made-up users as CSV, to try lists with: examples/users.py 5000 > users.csv"""

import csv
import random
import sys

FIRST = "Ada Al Bo Cy Dee Eve Gus Ida Jo Kim Leo Mia Ned Ola Pat Ron Sue Ty Una Vic Wes Xia Yan Zoe".split()
LAST = "Ash Bell Cole Day Eaves Fox Gray Hill Ives Jay King Lane Moss Nash Orr Penn Quill Reed Shaw Todd".split()

count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
choose = random.Random(count)  # the same list every time
rows = csv.writer(sys.stdout, lineterminator="\n")
rows.writerow(["user", "name", "extension", "mac"])
for number in range(count):
    first, last = choose.choice(FIRST), choose.choice(LAST)
    rows.writerow([f"{first.lower()}{number % 97}", f"{last}, {first}", 1000 + number, f"001565{number:06x}"])

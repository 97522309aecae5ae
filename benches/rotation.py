#!/usr/bin/env python3
"""Measures the memory for a fleet of a million phones, and how many phones a second are changed.

    benches/rotation.py [PHONES [PROGRAM]]

builds the command, unless PROGRAM is given, and the fake server of the vendors, plans a million phones of each vendor in a dry run, and rotates PHONES
(default: 40,000) of each against the fake server, which replies immediately, with 16 calls at a time. The exit status is 1 if
a goal of the project is missed: 64 MiB, and 1,000 phones a second.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ROOT / "target/release/sip-password"
FAKE_VENDORS = ROOT / "target/debug/fake-vendors"
MILLION = 1_000_000
MOST_MEMORY = 64  # MiB
LEAST_SPEED = 1000  # phones a second

# By vendor: the header of the accounts file, one of its rows, and the arguments that name the tenant.
VENDORS = {
    "huawei": ("user_account,account_password", "user-{0},not-a-real-password-{0}", []),
    "exotel": ("user_uuid,device_id", "user-{0},device-{0}", ["--account-sid", "fake-sid"]),
    "nxcloud": ("username", "user-{0}", []),
}


def run(command, arguments, environment):
    """Runs the command. Returns its time in seconds and its memory in MiB."""
    begun = time.monotonic()
    process = subprocess.Popen([command, "rotate", *arguments], env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"rotate {arguments} failed: {errors.decode()}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def fake_vendors(phones, directory):
    """Starts the fake server. Returns its process and the variables that it prints for clients."""
    process = subprocess.Popen(
        [FAKE_VENDORS, "--accounts", str(phones), "--accounts-out", directory / "accounts",
         "--root-out", directory / "root.pem"], stdout=subprocess.PIPE, text=True)
    variables = {}
    for line in process.stdout:
        if line.startswith("#"):
            return process, variables
        name, value = line.removeprefix("export ").strip().split("=", 1)
        variables[name] = value.strip("'")
    sys.exit("the fake server did not start")


def main():
    phones = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    build = ["cargo", "build", "--quiet", "--package"]
    program = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else COMMAND
    if program == COMMAND:
        subprocess.run([*build, "sip-password-cli", "--release"], cwd=ROOT, check=True)
    subprocess.run([*build, "fake-vendors"], cwd=ROOT, check=True)
    missed = False
    # The command refuses account passwords that others can read.
    os.umask(0o077)
    with tempfile.TemporaryDirectory() as directory:
        directory = Path(directory)
        # A copy: another build, with other features, may replace the file.
        command = shutil.copy2(program, directory)
        vendors, variables = fake_vendors(phones, directory)
        try:
            environment = {**os.environ, **variables, "ROTATION_KEY": "0f1e" * 16}
            print("| vendor | a million planned, s | MiB | rotated, phones a second | MiB |")
            print("|---|---|---|---|---|")
            for vendor, (header, row, tenant) in VENDORS.items():
                million = directory / "million.csv"
                with open(million, "w", encoding="ascii") as to:
                    to.write(header + "\n")
                    to.writelines(row.format(number) + "\n" for number in range(MILLION))
                common = [vendor, "--base-url", variables["FAKE_VENDORS_URL"], "--root", variables["FAKE_VENDORS_ROOT"], *tenant,
                          "--journal", directory / f"{vendor}.db", "--rate", "none", "--concurrency", "16"]
                seconds, planned = run(command, [*common, "--accounts", million, "--dry-run"], environment)
                accounts = directory / "accounts" / f"{vendor}.csv"
                took, sent = run(command, [*common, "--accounts", accounts], environment)
                speed = phones / took
                print(f"| {vendor} | {seconds:.1f} | {planned:.0f} | {speed:.0f} | {sent:.0f} |", flush=True)
                missed |= max(planned, sent) > MOST_MEMORY or speed < LEAST_SPEED
        finally:
            vendors.terminate()
            vendors.wait()
    sys.exit("a goal is missed" if missed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks an icecube model server where neutrinos came from; prints one line an event.

Without FILE it asks about an event that came from zenith 1.0 rad, azimuth 2.0 rad.
Exit codes: 0 every event has a direction, 1 some were refused, 2 wrong usage, 3 FILE is unreadable,
5 the server failed or cannot be reached.
"""

import argparse
import sys

from icecube_client import Client, Direction, EventFileError, ServerError, example_event, read_events


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="events as .csv or .json")
    parser.add_argument("--target", default="127.0.0.1:8470", metavar="HOST:PORT", help="(default: %(default)s)")
    parser.add_argument("--model", default="", help="(default: the server's own)")
    parser.add_argument("--timeout-s", type=float, default=10.0, help="(default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.timeout_s <= 0:
        parser.error(f"--timeout-s: {options.timeout_s} (expected: above 0)")

    try:
        events = read_events(options.file) if options.file else [example_event()]
        with Client(options.target, options.timeout_s) as client:
            answers = client.predict(events, options.model)
    except EventFileError as error:
        print(f"example: {error}", file=sys.stderr)
        return 3
    except ValueError as error:
        print(f"example: {error} (expected: values that fit the columns)", file=sys.stderr)
        return 3
    except ServerError as error:
        print(f"example: {error}", file=sys.stderr)
        return 5

    print("event_id azimuth zenith model version")
    for answer in answers:
        if isinstance(answer, Direction):
            print(
                f"{answer.event_id} {answer.azimuth_rad:.4f} {answer.zenith_rad:.4f}"
                f" {answer.model_name} {answer.model_version}"
            )
        else:
            print(f"example: event {answer.event_id}: {answer.reason}: {answer.message}", file=sys.stderr)
    return 0 if all(isinstance(answer, Direction) for answer in answers) else 1


if __name__ == "__main__":
    sys.exit(main())

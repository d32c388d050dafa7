# SPDX-License-Identifier: Apache-2.0
"""Asks an icecube model server where neutrinos came from.

    with Client("127.0.0.1:8470") as client:
        for answer in client.predict([example_event()]):
            print(answer)
"""

from icecube_client.client import Client, Direction, Model, RefusedEvent, ServerError
from icecube_client.events import Event, EventFileError, example_event, read_events

__all__ = [
    "Client",
    "Direction",
    "Event",
    "EventFileError",
    "Model",
    "RefusedEvent",
    "ServerError",
    "example_event",
    "read_events",
]

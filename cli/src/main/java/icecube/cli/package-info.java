// SPDX-License-Identifier: Apache-2.0

/**
 * The {@code icecube} command: the one place that knows all rooms and puts them together.
 *
 * <p>A command is a small class that turns flags and environment into the settings records of the
 * rooms, starts them, waits, and closes them in reverse order. What a command decides is when to
 * start and stop; everything else is decided in the room it starts.
 */
@NullMarked
package icecube.cli;

import org.jspecify.annotations.NullMarked;

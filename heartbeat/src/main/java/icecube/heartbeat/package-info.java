// SPDX-License-Identifier: Apache-2.0

/** Room heartbeat. */
@NullMarked
package icecube.heartbeat;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/** Room model-server. */
@NullMarked
package icecube.modelserver;

import org.jspecify.annotations.NullMarked;

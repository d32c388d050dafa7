// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

/**
 * A place between two events of a source: what {@link EventCursor#position} tells and {@link
 * EventSource#open(SourcePosition)} takes.
 *
 * <p>Immutable. Means something to the source that made it, and in this process only: it is never
 * written anywhere.
 */
public interface SourcePosition {}

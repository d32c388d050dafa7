// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Gives Redis our functions, for users of Redis who may not load any. */
@Command(
    name = "load-functions",
    description =
        "Give every Redis server the functions of this version. Only needed where emitters and"
            + " consumers connect as users who may not load functions; run it before they start.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer =
        "  ./icecube load-functions --redis rediss://redis:6379 --redis-user deploy"
            + " --redis-password-file deploy.password")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LoadFunctionsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RedisOptions redis;

  @Override
  public Integer call() {
    RedisSettings settings = redis.settings();
    RedisEventLog.prepare(settings);
    PrintWriter out = spec.commandLine().getOut();
    out.println("the functions of this version are on " + settings.maskedUri());
    out.flush();
    return ExitCode.OK.code();
  }
}

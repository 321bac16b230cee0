package io.picomux.cli.common;

/** The exit codes of the command, as its help lists them. */
public final class ExitCodes {

  /** The command did what it was asked. */
  public static final int OK = 0;

  /** The command was understood and could not do it: the message says why. */
  public static final int FAILED = 1;

  /** The arguments are wrong: the message names the value at fault. */
  public static final int USAGE = 2;

  /** A defect of picomux (EX_SOFTWARE of sysexits.h). */
  public static final int INTERNAL = 70;

  /** The command was interrupted by Ctrl-C and has closed what it had open (128 + SIGINT). */
  public static final int INTERRUPTED = 130;

  private ExitCodes() {}
}

Feature: Every operation of a journal meets every error at every one of its steps

  An operation is done on a journal where something was done before. The disk says no at its first step, at its second, up to its last:
  once, or from then on; before the step was performed, or although it was. Each run is judged: by the same handle, by a process that
  opens then, and by one that opens after the power has failed in every way.

  @CAT-SIM-5004 @CAT-SIM-5006 @CAT-JRN-3104 @CAT-JRN-3105 @CAT-JRN-3106 @CAT-JRN-3303 @CAT-JRN-3402 @CAT-JRN-3501
  Rule: Whatever a disk says at whatever step, an operation is done and acknowledged, or not done and refused as what it is

    @slow
    Scenario: EIO at every step
      When every operation of a journal meets EIO once, at every step
      Then each was done as it was told, or refused with nothing of it there
      And every step of it that can meet an error was struck

    @full
    Scenario: Every error at every step, once and from then on, before its effect and after it
      When every operation of a journal meets every error at every step
      Then each was done as it was told, or refused with nothing of it there
      And every step of it that can meet an error was struck
      And the errors were told as IoError, NoSpace, ReadOnly, PermissionDenied, TooManyFiles and CommitUnknown

    @slow
    Scenario: Writes that take nothing, and name no error
      When every operation of a journal meets writes that take no bytes, once and from then on
      Then each was done as it was told, or refused with nothing of it there

    Scenario: A disk that takes and gives half of every other write and read lets every operation be done
      When every operation of a journal is done on a disk that takes and gives half of every other write and read
      Then each was done as it was told, or refused with nothing of it there

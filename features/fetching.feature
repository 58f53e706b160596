Feature: What many ask for is fetched once, and is given over without a copy

  A fetcher brings what is elsewhere; the catalog asks it once for all who want the same at a time, and takes what it is given.

  Background:
    Given a catalog whose fetcher brings "some weights"

  Rule: Who asks for what is being fetched waits, and has it when it is there

    @CAT-PRV-2501
    Scenario: Fifty callers are one fetch
      When 50 callers add "hf:org/model/a.gguf" while the fetcher is held
      And the fetcher is let go
      Then each of them has the model "a"
      And the fetcher was asked for "hf:org/model/a.gguf" once

    @CAT-PRV-2501
    Scenario: The next one fetches where the first could not
      Given the fetcher fails 1 time
      When 3 callers add "hf:org/model/a.gguf" while the fetcher is held
      And the fetcher is let go
      Then 1 of them was told IoError, and each of the others has the model "a"
      And the fetcher was asked for "hf:org/model/a.gguf" 2 times

    @CAT-PRV-2501
    Scenario: Who wants other content under the same reference is not given this
      When a caller adds "hf:org/model/a.gguf", and one who expects other weights waits for it
      And the fetcher is let go
      Then the first has the model "a", and the second was told DigestMismatch
      And the fetcher was asked for "hf:org/model/a.gguf" 2 times

    @CAT-PRV-2501
    Scenario: What is fetched anew when nobody is at it is compared with what is there
      When "hf:org/model/a.gguf" is added twice, one after the other
      Then each of them has the model "a"
      And the fetcher was asked for "hf:org/model/a.gguf" 2 times

    @CAT-PRV-2501
    Scenario: Who fetches something else waits for nobody
      When a caller adds "hf:org/model/a.gguf" while the fetcher is held
      And another caller adds "hf:org/model/b.gguf" by a fetcher of its own
      Then the other has the model "b", and the first is waiting
      When the fetcher is let go
      Then each of them has the model "a"

    @CAT-PRV-2501
    Scenario: Who waits can leave
      When a caller adds "hf:org/model/a.gguf", and one who leaves waits for it
      Then the second was told Aborted, and the fetcher is asked once
      When the fetcher is let go
      Then the first has the model "a"

    @CAT-PRV-2501
    Scenario: Of work under one key one is done at a time, and who waited is told
      When 20 callers do work under the key "engine" at once
      Then never two of them were at work, and all but the first were told that they had waited
      And nothing is left of it in leases

    @CAT-PRV-2501
    Scenario: An error of the work is the caller's, and the next one has its turn
      When work under the key "engine" fails with an error of its own
      Then that error is given as it is
      When 2 callers do work under the key "engine" at once
      Then never two of them were at work, and all but the first were told that they had waited

    @CAT-PRV-2501
    Scenario Outline: Work under <key> is refused where the catalog <why>
      When work under <key> is asked for, and the catalog <why>
      Then the catalog refuses it with <code>

      Examples:
        | key         | why                   | code            |
        | "engine"    | is read-only          | ReadOnly        |
        | a number    | takes texts           | InvalidArgument |
        | "engine"    | is given nothing to do | InvalidArgument |

    @CAT-PRV-2501 @CAT-GC-2302
    Scenario: What a killed fetch leaves of its lock is collected, and what is held is not
      Given the lock of a fetch that was killed, and one of a fetch that goes on
      When garbage of the fetcher's catalog is collected
      Then the first lock is gone, the second is there, and its fetch comes to its end

  Rule: What a fetcher gives over is taken, not copied

    @CAT-PRV-2503 @CAT-BLB-2104
    Scenario: A file that is the fetcher's own is the blob, under the mode of one, and has no other name
      Given the fetcher gives its own
      When "hf:org/model/a.gguf" is fetched for the catalog
      Then the model "a" is there, 0 bytes were written, and its blob is the file that was given
      And its progress was told as that of the file that was given
      And the fetcher was told that it is done
      And the model "a" passes a quick verification

    @CAT-PRV-2503 @CAT-BLB-2109
    Scenario: A link that a fetcher gives is followed by a copy, and what it leads to stays as it is
      Given the fetcher gives a link to another
      When "hf:org/model/a.gguf" is fetched for the catalog
      Then the model "a" is there, 12 bytes were written, and its blob is not the file that was given
      And the file behind the link is as it was

    @CAT-PRV-2503
    Scenario: Where no second name can be given, a copy is made
      Given the fetcher gives its own
      When "hf:org/model/a.gguf" is added on a disk that gives no second names across folders
      Then the model "a" is there, 12 bytes were written, and its blob is not the file that was given
      And the fetcher was told that it is done

  Rule: What the origin says of the content is held against it

    @CAT-PRV-2503 @CAT-BLB-2103
    Scenario Outline: Content of which the origin says <said>, the caller <wanted> and the registration <declared> is <outcome>
      Given an origin that says <said>
      And a registration of "a" that says <declared>
      When "hf:org/model/a.gguf" is added by a caller who says <wanted>
      Then it comes to <outcome>

      Examples:
        | said  | wanted  | declared | outcome        |
        | right | nothing | nothing  | verified       |
        | wrong | nothing | nothing  | DigestMismatch |
        | wrong | right   | nothing  | verified       |
        | wrong | nothing | right    | verified       |
        | right | nothing | wrong    | DigestMismatch |
        | right | wrong   | nothing  | DigestMismatch |
        | nothing | nothing | nothing | warned        |
        | noise | nothing | nothing  | InvalidDigest  |

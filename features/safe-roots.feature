@CAT-SEC-6002
Feature: Whose a catalog is

  Whoever else can write to a root can make the catalog say anything.

  Rule: A root is the user's alone

    @slow
    Scenario Outline: A root <that is so> is refused by each store, to read and to write, unless it is allowed
      Given a root <that is so>
      Then each store refuses it as UnsafeRoot because of "<reason>", and changes nothing there
      And each store opens it where that is allowed, and works
      And the command refuses it with 6 and a hint, and takes it with --allow-unsafe-root
      And `catalog doctor` tells it with 0, and changes nothing there
      And a move to another store refuses it too, unless it is allowed

      Examples:
        | that is so                        | reason             |
        | that everybody can write to       | writable-by-others |
        | that its group can write to       | writable-by-others |

    @root
    Scenario: A root of another user is refused, whoever asks
      Given a root of another user
      Then each store refuses it as UnsafeRoot because of "foreign-owner", and changes nothing there
      And each store opens it where that is allowed, and works

    Scenario Outline: A root of mode <mode> is taken
      Given a root of mode <mode>
      Then each store opens it

      Examples:
        | mode |
        | 0700 |
        | 0750 |
        | 0755 |

    Scenario Outline: A root of another user is refused by <what>
      Then <what> of user 4242 on a simulated machine of user 1000 is refused as UnsafeRoot, and opens where that is allowed

      Examples:
        | what                   |
        | a catalog of files     |
        | a catalog with journal |

    Scenario Outline: A root that somebody else makes meanwhile is not taken by <what>
      Then <what> that was missing when it was opened, and was made by somebody else before it is written to, is refused as UnsafeRoot

      Examples:
        | what                   |
        | a catalog of files     |
        | a catalog with journal |

    Scenario: Blobs of a store of somebody else lie in a root that is safe too
      Given a root that everybody can write to
      Then a catalog over a store of somebody else is refused there as UnsafeRoot, unless it is allowed

    Scenario: Where users have no numbers nothing is refused for that
      Then no root is unsafe to who has no number

  Rule: What is made is the user's alone

    Scenario Outline: With the umask <umask> <what> makes folders of mode 0700 and files that nobody else writes to
      When <what> is filled under a umask of <umask>
      Then each folder of it has mode 0700, each file 0600 or less, and no file that is published can be written to

      Examples:
        | umask | what                   |
        | 0000  | a catalog of files     |
        | 0000  | a catalog with journal |
        | 0000  | a journal              |
        | 0022  | a catalog of files     |

  Rule: What is there under a name of ours, and is not ours, is refused

    Scenario Outline: <what> <that is so> is refused, and what it leads to is not touched
      Given a file of somebody, and <what> <that is so>
      When it is written to
      Then that is refused as <code>, and that file is as it was

      Examples:
        | what                                 | that is so                        | code           |
        | the lock of a catalog of files       | that is a link to that file       | UnsafeRoot     |
        | the lock of a catalog of files       | that is another name of that file | UnsafeRoot     |
        | the lock of a catalog with journal   | that is a link to that file       | UnsafeRoot     |
        | the lock of a journal                | that is a link to that file       | UnsafeRoot     |
        | the lock of a journal                | that is a link to that file, where opening follows links | UnsafeRoot |
        | the lock of a journal                | that is another name of that file | UnsafeRoot     |
        | the newest generation of models      | that is a link to that file       | IndexCorrupt   |
        | what the root says of itself         | that is a link to that file       | IoError        |
        | the owner of the lock                | that is a link to that file, where the kernel has no lock | UnsafeRoot |

    Scenario: A temp that was planted as a link is not followed
      Given a file of somebody, and links to it under the names of temps
      When the catalog is opened and written to
      Then that file is as it was

using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace WgDynamic.PowerShell.Tests;

/// <summary>Who sits before the engine: keeps what is shown, such as "What if:", and answers no questions.</summary>
internal sealed class CapturingHost : PSHost
{
    private readonly CapturingInterface _interface = new();

    /// <summary>What has been shown so far.</summary>
    public string Shown => _interface.Shown;

    /// <summary>The records of Write-Progress so far.</summary>
    public IReadOnlyList<ProgressRecord> Progress => _interface.Progress;

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => CultureInfo.GetCultureInfo("en-US");

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override string Name => "WgDynamic tests";

    /// <inheritdoc/>
    public override PSHostUserInterface UI => _interface;

    /// <inheritdoc/>
    public override Version Version { get; } = new(1, 0);

    /// <summary>Forgets what was shown.</summary>
    public void Clear() => _interface.Clear();

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode)
    {
    }

    private sealed class CapturingInterface : PSHostUserInterface
    {
        private readonly StringBuilder _shown = new();
        private readonly List<ProgressRecord> _progress = [];

        public string Shown
        {
            get
            {
                lock (_shown)
                    return _shown.ToString();
            }
        }

        public IReadOnlyList<ProgressRecord> Progress
        {
            get
            {
                lock (_shown)
                    return [.. _progress];
            }
        }

        public override PSHostRawUserInterface? RawUI => null;

        public void Clear()
        {
            lock (_shown)
            {
                _shown.Clear();
                _progress.Clear();
            }
        }

        public override void Write(string value)
        {
            lock (_shown)
                _shown.Append(value);
        }

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

        public override void WriteLine(string value) => Write(value + "\n");

        public override void WriteErrorLine(string value) => WriteLine(value);

        public override void WriteDebugLine(string message) => WriteLine(message);

        public override void WriteVerboseLine(string message) => WriteLine(message);

        public override void WriteWarningLine(string message) => WriteLine(message);

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
            lock (_shown)
                _progress.Add(record);
        }

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw new NotSupportedException();

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => throw new NotSupportedException();

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw new NotSupportedException();

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new NotSupportedException();

        public override string ReadLine() => throw new NotSupportedException();

        public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();
    }
}

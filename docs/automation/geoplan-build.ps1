# Build the maps of a project unattended on Windows: a log, an exit code, no window.
#
#   powershell.exe -NoProfile -ExecutionPolicy Bypass -File geoplan-build.ps1 -Project "D:\plans"
#
# -Geoplan  the command, with its path: C:\geoplan\Scripts\geoplan.exe
# -Maps     the published folder; default: PROJECT\maps
# -Logs     folder of the log; default: PROJECT\log
# -Strict   where the plans have faults, publish nothing and end with 1
#
# Exit code: that of `geoplan build`; 5 published files are not whole, 124 out of time.
# For Windows PowerShell 5.1 and later. This file is ASCII, so it needs no byte order mark.
param(
    [Parameter(Mandatory = $true)][string]$Project,
    [string]$Geoplan = 'geoplan.exe',
    [string]$Maps = '',
    [string]$Logs = '',
    [switch]$Strict,
    [int]$TimeoutMinutes = 120,
    [int]$Tries = 5,
    [int]$WaitSeconds = 60
)

$ErrorActionPreference = 'Stop'
# geoplan writes UTF-8 whatever the code page; this is for Python's own messages.
$env:PYTHONUTF8 = '1'
$utf8 = New-Object System.Text.UTF8Encoding($false)

$Project = (Resolve-Path -LiteralPath $Project).ProviderPath
if (-not $Maps) { $Maps = Join-Path $Project 'maps' }
if (-not $Logs) { $Logs = Join-Path $Project 'log' }
[void](New-Item -ItemType Directory -Force -Path $Logs)
$log = Join-Path $Logs 'geoplan.log'

function Write-Log([string]$Text) {
    [System.IO.File]::AppendAllText($log, $Text + "`r`n", $utf8)
}

# Run geoplan in a folder, with arguments that need no quotes; return its exit code.
function Invoke-Geoplan([string]$Folder, [string]$Arguments) {
    $said = [System.IO.Path]::GetTempFileName()
    $failed = [System.IO.Path]::GetTempFileName()
    try {
        $process = Start-Process -FilePath $Geoplan -ArgumentList $Arguments `
            -WorkingDirectory $Folder -NoNewWindow -PassThru `
            -RedirectStandardOutput $said -RedirectStandardError $failed
        # Without a look at the handle, 5.1 forgets the exit code.
        $null = $process.Handle
        if ($process.WaitForExit($TimeoutMinutes * 60000)) {
            $process.WaitForExit()
            $code = $process.ExitCode
        } else {
            # geoplan.exe starts Python: end both.
            & taskkill.exe /T /F /PID $process.Id | Out-Null
            $code = 124
        }
        foreach ($file in @($said, $failed)) {
            $text = [System.IO.File]::ReadAllText($file, $utf8).TrimEnd()
            if ($text) { Write-Log $text }
        }
        return $code
    } finally {
        Remove-Item -LiteralPath $said, $failed -ErrorAction SilentlyContinue
    }
}

# Put a log of more than 1 MB aside; keep five old ones.
if ((Test-Path -LiteralPath $log) -and ((Get-Item -LiteralPath $log).Length -gt 1048576)) {
    foreach ($number in 4, 3, 2, 1) {
        if (Test-Path -LiteralPath "$log.$number") {
            Move-Item -LiteralPath "$log.$number" -Destination "$log.$($number + 1)" -Force
        }
    }
    Move-Item -LiteralPath $log -Destination "$log.1" -Force
}

Write-Log "$((Get-Date).ToUniversalTime().ToString('s'))Z build of $Project"
try {
    $arguments = 'build -q'
    if ($Strict) { $arguments += ' --strict' }
    for ($try = 1; $try -le $Tries; $try++) {
        $code = Invoke-Geoplan $Project $arguments
        # 2 is another build, which ends by itself, or a wrong configuration, which does not.
        if ($code -ne 2 -or $try -eq $Tries) { break }
        Start-Sleep -Seconds $WaitSeconds
    }
    if ($code -eq 0) {
        $verified = Invoke-Geoplan $Maps 'verify .'
        if ($verified -ne 0) { $code = 5 }
    }
} catch {
    Write-Log "geoplan-build: $($_.Exception.Message)"
    $code = 4
}
Write-Log "$((Get-Date).ToUniversalTime().ToString('s'))Z exit code $code"
exit $code
